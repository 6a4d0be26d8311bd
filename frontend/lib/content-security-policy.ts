/**
 * The policy of one page. Scripts and styles run if they come from this server or carry the nonce, which is new
 * for each request; nothing may come from, or be sent to, another origin.
 */
export function contentSecurityPolicy(nonce: string, development: boolean): string {
  return [
    "default-src 'self'",
    // What a trusted script loads is trusted, too: that is how Next loads the rest of its own code.
    // React in development uses eval.
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${development ? " 'unsafe-eval'" : ""}`,
    // The development server puts styles without a nonce into pages.
    `style-src 'self' ${development ? "'unsafe-inline'" : `'nonce-${nonce}'`}`,
    "img-src 'self' data:",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join("; ");
}
