import type { Metadata } from "next";
import Link from "next/link";

export const metadata: Metadata = { title: "Not found" };

export default function NotFound() {
  return (
    <main id="main" tabIndex={-1} className="lonely">
      <h1>There is nothing here</h1>
      <p>The page may have moved, or the address has a typing mistake.</p>
      <Link className="button" href="/tasks" prefetch={false}>
        Go to your tasks
      </Link>
    </main>
  );
}
