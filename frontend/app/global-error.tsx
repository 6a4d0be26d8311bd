"use client";

import "./globals.css";

/** Shown in place of the whole document when even the layout failed. */
export default function GlobalError() {
  return (
    <html lang="en">
      <body>
        <title>Something went wrong · taskflow</title>
        <main id="main" className="lonely">
          <div role="alert">
            <h1>Something went wrong</h1>
            <p>Please reload the page.</p>
          </div>
        </main>
      </body>
    </html>
  );
}
