import type { ReactElement, ReactNode } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it, vi } from "vitest";
import ErrorPage from "@/app/(app)/error";
import { Fault } from "@/app/ui/fault";

interface Props {
  readonly children?: ReactNode;
  readonly onClick?: () => void;
}

/** The first element of a kind in what a component returns. */
function find(node: ReactNode, kind: string): ReactElement<Props> | undefined {
  if (Array.isArray(node)) return node.map((part: ReactNode) => find(part, kind)).find((found) => found);
  if (node === null || typeof node !== "object" || !("props" in node)) return undefined;
  const element = node as ReactElement<Props>;
  return element.type === kind ? element : find(element.props.children, kind);
}

describe("a page that fails", () => {
  it("says so aloud, and that nothing is lost", () => {
    const html = renderToStaticMarkup(<ErrorPage reset={vi.fn()} />);
    expect(html).toContain('role="alert"');
    expect(html).toContain("Your tasks are safe.");
    expect(html).toContain(">Try again</button>");
  });

  it("tries again when asked to, and only then", () => {
    const reset = vi.fn();
    const button = find(Fault({ reset }), "button");
    expect(button).toBeDefined();
    expect(reset).not.toHaveBeenCalled();
    button?.props.onClick?.();
    expect(reset).toHaveBeenCalledTimes(1);
  });
});
