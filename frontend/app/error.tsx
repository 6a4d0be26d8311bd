"use client";

import { Fault } from "./ui/fault";

/** The last resort for pages that have no resort of their own. */
export default function ErrorPage({ reset }: { readonly reset: () => void }) {
  return (
    <main id="main" tabIndex={-1} className="lonely">
      <Fault reset={reset} />
    </main>
  );
}
