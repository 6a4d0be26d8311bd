/** Takes the place of what failed by a fault of ours: what the backend can do wrong is handled by the pages. */
export function Fault({ reset }: { readonly reset: () => void }) {
  return (
    <>
      <div role="alert">
        <h1>Something went wrong</h1>
        <p>It is our fault, not yours. Your tasks are safe.</p>
      </div>
      <button type="button" className="button" onClick={reset}>
        Try again
      </button>
    </>
  );
}
