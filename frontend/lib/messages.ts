import type { ApiError } from "./api-error";

/** One or two sentences for the person in front of the page. */
export function messageFor(error: ApiError): string {
  switch (error.kind) {
    case "not-configured":
      return `This app is not configured yet. ${error.detail ?? ""}`.trim();
    case "unreachable":
      return "The service can’t be reached right now. Please try again in a moment.";
    case "timed-out":
      return "The service took too long to answer. Please try again.";
    case "unavailable":
      return "The service has a problem right now. Please try again in a moment.";
    case "unauthorized":
      return "Please sign in again.";
    case "not-found":
      return "That no longer exists. It may have been deleted somewhere else.";
    case "conflict":
      return error.detail ?? "Someone else changed this at the same time. Please reload the page.";
    case "invalid":
      return error.detail ?? "The service did not accept this. Please check what you entered.";
    case "too-many-requests":
      return "Too many attempts. Please wait a little and try again.";
    case "unexpected":
      return "The service gave an answer that this page does not understand.";
  }
}
