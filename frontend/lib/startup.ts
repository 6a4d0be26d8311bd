import "server-only";
import { ApiError } from "./api-error";
import { backendUrl } from "./backend-url";

/**
 * Milliseconds from SIGTERM to the end, come what may. A pod has 30 seconds before it is killed, and the
 * first few of them may pass in a `preStop` hook.
 */
export const LONGEST_FAREWELL = 24_000;

/** A mistake in the configuration is in the log before the first visitor. */
export function checkConfiguration(): void {
  try {
    backendUrl();
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    console.error(`taskflow: ${error.message}; pages will say that the app is not configured`);
  }
}

/**
 * After SIGTERM Next finishes the requests in flight and exits with 143, but it would wait for ever for
 * a visitor who sends or reads too slowly.
 */
export function limitFarewell(): void {
  process.once("SIGTERM", () => {
    setTimeout(() => {
      console.error("taskflow: connections were still open at the end of the time to finish");
      process.exit(143);
    }, LONGEST_FAREWELL).unref();
  });
}
