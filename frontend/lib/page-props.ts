/** The part of a page's props that is used here; Next's own `PageProps` exists only after a build. */
export interface PageWithQuery {
  readonly searchParams: Promise<Readonly<Record<string, string | string[] | undefined>>>;
}
