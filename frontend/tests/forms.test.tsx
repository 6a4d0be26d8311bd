import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it, vi } from "vitest";
import { AccountForm } from "@/app/(account)/account-form";
import { Notice, Problem } from "@/app/ui/notice";
import { TaskRow } from "@/app/(app)/tasks/task-row";

const never = () => new Promise<never>(() => undefined);

describe("the account form", () => {
  it.each(["sign-in", "sign-up"] as const)("%s has a label for each field", (purpose) => {
    const html = renderToStaticMarkup(<AccountForm purpose={purpose} action={never} next="/tasks" />);
    const fields = [...html.matchAll(/<input(?![^>]*type="hidden")[^>]* id="([a-z]+)"/g)].map(([, id]) => id);
    expect(fields).toEqual(purpose === "sign-up" ? ["name", "email", "password"] : ["email", "password"]);
    for (const id of fields) expect(html).toContain(`for="${id}"`);
  });

  it("tells password managers which password it wants", () => {
    expect(renderToStaticMarkup(<AccountForm purpose="sign-up" action={never} next="/tasks" />)).toContain("new-password");
    expect(renderToStaticMarkup(<AccountForm purpose="sign-in" action={never} next="/tasks" />)).toContain(
      "current-password",
    );
  });

  it("remembers where to go", () => {
    const html = renderToStaticMarkup(<AccountForm purpose="sign-in" action={never} next="/chat" />);
    expect(html).toContain(`<input type="hidden" name="next" value="/chat"/>`);
    expect(html).toContain(`href="/sign-up?next=/chat"`);
  });
});

describe("a task", () => {
  const task = { id: "42", title: `<b>"bread" & butter</b>`, done: true };
  const row = (editing: boolean, refused?: { turn: number; error: string; typed: string }, before?: string) =>
    renderToStaticMarkup(
      <TaskRow
        task={task}
        before={before}
        dispatch={vi.fn()}
        editing={editing}
        refused={refused}
        onEdit={vi.fn()}
        onCancel={vi.fn()}
        onDelete={vi.fn()}
      />,
    );

  it("shows its title as text and says whether it is done", () => {
    const html = row(false);
    expect(html).toContain("&lt;b&gt;&quot;bread&quot; &amp; butter&lt;/b&gt;");
    expect(html).toContain(`aria-checked="true"`);
    expect(html).toContain(`name="done" value="false"`);
  });

  it("comes back to its page without JavaScript, whatever is done to it", () => {
    const html = row(false, undefined, "Abc_-&1") + row(true, undefined, "Abc_-&1");
    expect(html).toContain(`href="/tasks?before=Abc_-%261&amp;edit=42"`);
    expect(html).toContain(`href="/tasks?before=Abc_-%261"`);
    expect(html.match(/<form/g)).toHaveLength(3);
    expect(html.match(/<input type="hidden" name="before" value="Abc_-&amp;1"\/>/g)).toHaveLength(3);
    expect(row(false) + row(true)).not.toContain("before");
  });

  it("keeps what was typed when a new title is refused", () => {
    const html = row(true, { turn: 1, error: "Please write something.", typed: "new" });
    expect(html).toContain(`value="new"`);
    expect(html).toMatch(/aria-invalid="true" aria-describedby="problem-42"/);
    expect(html).toMatch(/id="problem-42"[^>]*role="alert"[^>]*>Please write something\./);
  });
});

it("errors interrupt, news waits, and a problem offers a way on", () => {
  expect(renderToStaticMarkup(<Notice tone="error">No</Notice>)).toContain(`role="alert"`);
  expect(renderToStaticMarkup(<Notice tone="info">Yes</Notice>)).toContain(`role="status"`);
  expect(renderToStaticMarkup(<Problem message="No" again="/tasks" />)).toContain(`href="/tasks"`);
});
