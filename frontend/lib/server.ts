import "server-only";
import { cookies, headers } from "next/headers";
import { redirect } from "next/navigation";
import { cache } from "react";
import { Api, type Session, type User } from "./api";
import { ApiError } from "./api-error";
import { backendUrl } from "./backend-url";
import { SESSION_COOKIE, cameByHttps, sessionCookie } from "./session-cookie";
import type { PageAfterSignIn } from "./validation";

export type Outcome<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: ApiError };

/** Calls the backend and turns its failures into values; each failure is one line in the log. */
export async function attempt<T>(token: string | undefined, call: (api: Api) => Promise<T>): Promise<Outcome<T>> {
  try {
    return { ok: true, value: await call(new Api({ baseUrl: backendUrl(), token })) };
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (isOurTrouble(error)) console.error(`taskflow: ${error.message}`);
    return { ok: false, error };
  }
}

/** A wrong password or a name that is taken is daily life and not worth a line in the log. */
function isOurTrouble(error: ApiError): boolean {
  return ["not-configured", "unreachable", "timed-out", "unavailable", "unexpected"].includes(error.kind);
}

export async function sessionToken(): Promise<string | undefined> {
  const value = (await cookies()).get(SESSION_COOKIE)?.value;
  return value === "" ? undefined : value;
}

export async function startSession(session: Session): Promise<void> {
  const secure = cameByHttps(await headers());
  (await cookies()).set(sessionCookie(session.token, { secure }));
}

export async function endSession(): Promise<void> {
  (await cookies()).delete(SESSION_COOKIE);
}

/** What a page needs from the backend. Without a valid session the visitor is sent to sign in. */
export async function load<T>(page: PageAfterSignIn, call: (api: Api) => Promise<T>): Promise<Outcome<T>> {
  const token = await sessionToken();
  return signedIn(page, token === undefined ? undefined : await attempt(token, call));
}

/** Hands the outcome on, unless it shows that there is no session (any more). */
export function signedIn<T>(page: PageAfterSignIn, outcome: Outcome<T> | undefined): Outcome<T> {
  if (outcome === undefined) redirect(`/sign-in?next=${page}`);
  if (!outcome.ok && outcome.error.kind === "unauthorized") redirect(`/sign-in?reason=expired&next=${page}`);
  return outcome;
}

/** A change asked for by a form. An ended session is closed and the visitor sent to sign in. */
export async function change<T>(page: PageAfterSignIn, call: (api: Api) => Promise<T>): Promise<Outcome<T>> {
  const token = await sessionToken();
  const outcome = token === undefined ? undefined : await attempt(token, call);
  if (outcome?.ok === false && outcome.error.kind === "unauthorized") await endSession();
  return signedIn(page, outcome);
}

/** The user of this session, asked for at most once per rendering; `undefined` without a session. */
export const currentUser = cache(async (): Promise<Outcome<User> | undefined> => {
  const token = await sessionToken();
  return token === undefined ? undefined : attempt(token, (api) => api.me());
});

/** Whether a form was posted by the browser itself, because JavaScript is off or not loaded yet. */
export async function postedWithoutScript(): Promise<boolean> {
  return !(await headers()).has("next-action");
}

