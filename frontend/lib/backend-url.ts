import "server-only";
import { ApiError } from "./api-error";

/**
 * The address of the backend. It is read from the environment at each call, so that one image
 * serves every environment.
 */
export function backendUrl(env: Readonly<Record<string, string | undefined>> = process.env): URL {
  const value = env["BACKEND_URL"]?.trim() ?? "";
  if (value === "") {
    throw new ApiError("not-configured", {
      log: "the environment variable BACKEND_URL is not set",
      detail: "The variable BACKEND_URL is not set.",
    });
  }
  const problem = problemOf(value);
  if (problem !== undefined) {
    // The value is not repeated: it may hold a password.
    throw new ApiError("not-configured", {
      log: `the environment variable BACKEND_URL ${problem}`,
      detail: `The variable BACKEND_URL ${problem}.`,
    });
  }
  return new URL(value);
}

function problemOf(value: string): string | undefined {
  if (!URL.canParse(value) || !/^https?:$/.test(new URL(value).protocol)) {
    return "is not an http:// or https:// address";
  }
  const { username, password } = new URL(value);
  return username === "" && password === "" ? undefined : "must not hold a user name or password";
}
