import Link from "next/link";
import type { ReactNode } from "react";
import { WarningIcon } from "./icons";

/** A message in the flow of the page. Errors interrupt a screen reader, the rest waits. */
export function Notice({ tone, children }: { readonly tone: "error" | "info"; readonly children: ReactNode }) {
  return (
    <div className={`notice notice-${tone}`} role={tone === "error" ? "alert" : "status"}>
      {tone === "error" ? <WarningIcon /> : null}
      <p>{children}</p>
    </div>
  );
}

/** Takes the place of a page's content when the backend could not give it. */
export function Problem({ message, again }: { readonly message: string; readonly again: string }) {
  return (
    <div className="problem card">
      <WarningIcon />
      <div role="alert">
        <h2>That did not work</h2>
        <p>{message}</p>
      </div>
      <Link className="button" href={again} prefetch={false}>
        Try again
      </Link>
    </div>
  );
}
