import { defineConfig } from "@playwright/test";

const baseURL = process.env["E2E_BASE_URL"];
if (baseURL === undefined || baseURL === "") {
  throw new Error("E2E_BASE_URL is not set: it is the address of a running frontend, for example http://127.0.0.1:3000");
}

export default defineConfig({
  testDir: "e2e",
  outputDir: "test-results",
  // Each test signs up an account of its own, so they can share a backend, but not two cores.
  workers: 1,
  forbidOnly: process.env["CI"] !== undefined,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: [["list"]],
  use: {
    baseURL,
    browserName: "chromium",
    viewport: { width: 1280, height: 800 },
    screenshot: "only-on-failure",
    launchOptions: {
      executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium",
      // The first flag is for root in a container; the rest keep the browser itself from calling out.
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
});
