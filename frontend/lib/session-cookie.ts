import "server-only";
import { isRecord } from "./api-error";

export const SESSION_COOKIE = "taskflow_session";

export interface SessionCookie {
  readonly name: string;
  readonly value: string;
  readonly httpOnly: true;
  readonly sameSite: "lax";
  readonly path: "/";
  readonly secure: boolean;
  readonly expires?: Date;
}

/** The cookie that carries the backend's token. It ends when the token ends. */
export function sessionCookie(token: string, options: { secure: boolean; now?: Date }): SessionCookie {
  const expires = expiryOf(token);
  const now = options.now ?? new Date();
  return {
    name: SESSION_COOKIE,
    value: token,
    httpOnly: true,
    sameSite: "lax",
    path: "/",
    secure: options.secure,
    ...(expires !== undefined && expires > now ? { expires } : {}),
  };
}

/**
 * Whether the browser came by https, directly or through a proxy that ends TLS.
 * A list ("https, http") begins with the browser's own hop.
 */
export function cameByHttps(headers: Pick<Headers, "get">): boolean {
  const first = headers.get("x-forwarded-proto")?.split(",")[0];
  return first?.trim().toLowerCase() === "https";
}

/** The `exp` claim. The signature is the backend's business: this only times the cookie. */
function expiryOf(token: string): Date | undefined {
  const payload = token.split(".")[1];
  if (payload === undefined) return undefined;
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, "base64url").toString("utf8"));
    const exp = isRecord(claims) ? claims["exp"] : undefined;
    if (typeof exp !== "number" || !Number.isFinite(exp)) return undefined;
    const date = new Date(exp * 1000);
    return Number.isNaN(date.getTime()) ? undefined : date;
  } catch {
    return undefined;
  }
}
