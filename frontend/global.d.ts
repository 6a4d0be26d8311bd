// Next writes next-env.d.ts on its first run and git ignores it. This line gives `npm run typecheck`
// the same ambient types (CSS imports, images) on a fresh clone.
/// <reference types="next" />
