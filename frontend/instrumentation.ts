import { ApiError } from "./lib/api-error";
import { backendUrl } from "./lib/backend-url";

/** Runs once when the server starts: a mistake in the configuration is in the log before the first visitor. */
export function register(): void {
  try {
    backendUrl();
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    console.error(`taskflow: ${error.message}; pages will say that the app is not configured`);
  }
}
