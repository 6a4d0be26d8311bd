import { defineConfig } from "vitest/config";

export default defineConfig({
  // Tests run on a server, where importing this package does nothing.
  resolve: { alias: { "@": import.meta.dirname, "server-only": `${import.meta.dirname}/node_modules/server-only/empty.js` } },
  test: { include: ["tests/**/*.test.{ts,tsx}"], restoreMocks: true, unstubEnvs: true },
});
