"use client";

import { Fault } from "../ui/fault";

/** Inside of the app's layout, so that a page that fails does not take the conversation along. */
export default function ErrorPage({ reset }: { readonly reset: () => void }) {
  return (
    <div className="problem card">
      <Fault reset={reset} />
    </div>
  );
}
