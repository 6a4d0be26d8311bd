import { NextResponse, type NextRequest } from "next/server";
import { contentSecurityPolicy } from "./lib/content-security-policy";

const HEADER = "content-security-policy";

/** Gives each answer a policy with a nonce of its own. Next reads it from the request and puts the nonce on its scripts. */
export function proxy(request: NextRequest): NextResponse {
  const nonce = Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString("base64");
  const policy = contentSecurityPolicy(nonce, process.env.NODE_ENV === "development");
  const headers = new Headers(request.headers);
  headers.set(HEADER, policy);
  const response = NextResponse.next({ request: { headers } });
  response.headers.set(HEADER, policy);
  return response;
}

// Not for the built files: they are no documents, and a policy on them has no effect.
export const config = { matcher: "/((?!_next/static/).*)" };
