import { NextRequest } from "next/server";
import { describe, expect, it } from "vitest";
import { contentSecurityPolicy } from "@/lib/content-security-policy";
import { proxy } from "@/proxy";

const HEADER = "content-security-policy";

function directives(policy: string | null): Map<string, string> {
  const parts = (policy ?? "").split("; ").map((part): [string, string] => {
    const [name = "", ...values] = part.split(" ");
    return [name, values.join(" ")];
  });
  return new Map(parts);
}

describe("the content security policy", () => {
  it("trusts a nonce, and nothing that is written into a page", () => {
    const policy = contentSecurityPolicy("abc", false);
    expect(policy).not.toContain("unsafe");
    expect(Object.fromEntries(directives(policy))).toEqual({
      "default-src": "'self'",
      "script-src": "'self' 'nonce-abc' 'strict-dynamic'",
      "style-src": "'self' 'nonce-abc'",
      "img-src": "'self' data:",
      "object-src": "'none'",
      "base-uri": "'none'",
      "form-action": "'self'",
      "frame-ancestors": "'none'",
    });
  });

  it("is as strict in the development server, but for what that server itself needs", () => {
    const development = directives(contentSecurityPolicy("abc", true));
    const production = directives(contentSecurityPolicy("abc", false));
    const different = [...production.keys()].filter((name) => development.get(name) !== production.get(name));
    expect(different).toEqual(["script-src", "style-src"]);
  });

  it("has a new nonce for each request, of 128 bits, and Next gets the same one", () => {
    const nonces = Array.from({ length: 100 }, () => {
      // What a visitor sends in the place of the policy does not count.
      const request = new NextRequest("http://localhost/tasks", { headers: { [HEADER]: "script-src 'nonce-guessed'" } });
      const { headers } = proxy(request);
      expect(headers.get(`x-middleware-request-${HEADER}`)).toBe(headers.get(HEADER));
      return /^'self' 'nonce-([A-Za-z0-9+/]{22}==)'/.exec(directives(headers.get(HEADER)).get("script-src") ?? "")?.[1];
    });
    expect(nonces).not.toContain(undefined);
    expect(new Set(nonces).size).toBe(100);
  });
});
