/** Runs once, when the server starts. */
export async function register(): Promise<void> {
  // Next also compiles this file for its edge runtime, which has no processes.
  if (process.env["NEXT_RUNTIME"] !== "nodejs") return;
  const { checkConfiguration, limitFarewell } = await import("./lib/startup");
  checkConfiguration();
  limitFarewell();
}
