import type { Metadata } from "next";

export const metadata: Metadata = { title: "Not found" };

export default function NotFound() {
  return (
    <main id="main" tabIndex={-1} className="lonely">
      <h1>There is nothing here</h1>
      <p>The page may have moved, or the address has a typing mistake.</p>
      {/* A plain link: this page is also shown where no layout of the app is around it. */}
      <a className="button" href="/tasks">
        Go to your tasks
      </a>
    </main>
  );
}
