"use client";

/** The last resort for faults of ours: what the backend can do wrong is handled by the pages. */
export default function ErrorPage({ reset }: { readonly reset: () => void }) {
  return (
    <main id="main" tabIndex={-1} className="lonely">
      <div role="alert">
        <h1>Something went wrong</h1>
        <p>It is our fault, not yours. Your tasks are safe.</p>
      </div>
      <button type="button" className="button" onClick={reset}>
        Try again
      </button>
    </main>
  );
}
