import { describe, expect, it } from "vitest";
import { ApiError, type ApiErrorKind } from "@/lib/api-error";
import { backendUrl } from "@/lib/backend-url";
import { messageFor } from "@/lib/messages";
import { SESSION_COOKIE, cameByHttps, sessionCookie } from "@/lib/session-cookie";
import { nextTurn } from "@/lib/turn";
import * as validation from "@/lib/validation";

const PASSWORD = "hunter2";

describe("backendUrl", () => {
  it("reads the environment at each call", () => {
    expect(backendUrl({ BACKEND_URL: " http://backend:8000 " }).href).toBe("http://backend:8000/");
    expect(backendUrl({ BACKEND_URL: "https://api.example.org/v1" }).pathname).toBe("/v1");
  });

  it.each([
    [undefined, "the environment variable BACKEND_URL is not set"],
    ["  ", "the environment variable BACKEND_URL is not set"],
    ["backend:8000", "the environment variable BACKEND_URL is not an http:// or https:// address"],
    ["file:///etc/passwd", "the environment variable BACKEND_URL is not an http:// or https:// address"],
    [`http://user:${PASSWORD}@backend`, "the environment variable BACKEND_URL must not hold a user name or password"],
  ])("refuses %s and names the variable, never its value", (value, log) => {
    expect(() => backendUrl({ BACKEND_URL: value })).toThrow(expect.objectContaining({ kind: "not-configured", message: log }));
  });

  it("says so on the page", () => {
    try {
      backendUrl({});
      expect.unreachable();
    } catch (error) {
      expect(messageFor(error as ApiError)).toBe("This app is not configured yet. The variable BACKEND_URL is not set.");
    }
  });
});

describe("messageFor", () => {
  const kinds: ApiErrorKind[] = [
    "not-configured",
    "unreachable",
    "timed-out",
    "unavailable",
    "unauthorized",
    "not-found",
    "conflict",
    "invalid",
    "too-many-requests",
    "unexpected",
  ];

  it.each(kinds)("has words for %s, and keeps the log out of them", (kind) => {
    const message = messageFor(new ApiError(kind, { log: "GET /api failed: ECONNREFUSED 10.0.0.1" }));
    expect(message).toMatch(/^[A-Z].*\.$/);
    expect(message).not.toMatch(/ECONNREFUSED|api/i);
  });

  it("gives the backend's words where they help, and not where they are technical", () => {
    expect(messageFor(new ApiError("invalid", { log: "", detail: "Too short." }))).toBe("Too short.");
    expect(messageFor(new ApiError("unavailable", { log: "", detail: "Traceback" }))).not.toContain("Traceback");
  });
});

describe("the session cookie", () => {
  const now = new Date("2026-01-01T00:00:00Z");
  const token = (claims: unknown) => `e30.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.sig`;

  it("is for the server only", () => {
    expect(sessionCookie("abc", { secure: false, now })).toEqual({
      name: SESSION_COOKIE,
      value: "abc",
      httpOnly: true,
      sameSite: "lax",
      path: "/",
      secure: false,
    });
    expect(sessionCookie("abc", { secure: true, now }).secure).toBe(true);
  });

  it("ends with its token", () => {
    const exp = now.getTime() / 1000 + 3600;
    expect(sessionCookie(token({ exp }), { secure: true, now }).expires).toEqual(new Date("2026-01-01T01:00:00Z"));
  });

  it.each([
    ["no token at all"],
    [token({})],
    [token({ exp: "soon" })],
    [token({ exp: 1e300 })],
    [token({ exp: 1 })],
    [token(null)],
    ["a.%%%.c"],
  ])("ends with the browser for %s", (value) => {
    expect(sessionCookie(value, { secure: true, now })).not.toHaveProperty("expires");
  });

  it.each([
    [undefined, false],
    ["http", false],
    ["https", true],
    ["HTTPS", true],
    ["https, http", true],
    ["http,https", false],
  ])("with x-forwarded-proto %s, https is %s", (proto, expected) => {
    expect(cameByHttps(new Headers(proto === undefined ? {} : { "x-forwarded-proto": proto }))).toBe(expected);
  });
});

describe("validation", () => {
  const form = new FormData();
  form.set("title", "  Buy bread \n");
  form.set("password", " spaces count ");
  form.set("file", new Blob(["x"]));

  it("trims text, but not passwords, and takes neither from files", () => {
    expect(validation.textOf(form, "title")).toBe("Buy bread");
    expect(validation.rawTextOf(form, "password")).toBe(" spaces count ");
    for (const name of ["file", "missing"]) {
      expect(validation.textOf(form, name)).toBe("");
      expect(validation.rawTextOf(form, name)).toBe("");
    }
  });

  it.each<[keyof typeof validation & `check${string}`, string, boolean]>([
    ["checkTitle", "Buy bread", true],
    ["checkTitle", "", false],
    ["checkTitle", "x".repeat(201), false],
    ["checkMessage", "Hello", true],
    ["checkMessage", "", false],
    ["checkMessage", "x".repeat(4001), false],
    ["checkEmail", "ada@example.org", true],
    ["checkEmail", "ada@localhost", true],
    ["checkEmail", "", false],
    ["checkEmail", "ada", false],
    ["checkEmail", "a b@example.org", false],
    ["checkEmail", `${"x".repeat(250)}@example.org`, false],
    ["checkNewPassword", "12345678", true],
    ["checkNewPassword", "", false],
    ["checkNewPassword", "1234567", false],
    ["checkNewPassword", "x".repeat(129), false],
    ["checkPassword", "1", true],
    ["checkPassword", "", false],
    ["checkName", "", true],
    ["checkName", "x".repeat(101), false],
  ])("%s(%j)", (check, value, good) => {
    expect(validation[check](value) === undefined).toBe(good);
  });

  it.each([
    ["/chat", "/chat"],
    ["/tasks", "/tasks"],
    ["https://elsewhere.example", "/tasks"],
    ["//elsewhere.example", "/tasks"],
    [undefined, "/tasks"],
    [["/chat"], "/tasks"],
  ])("after signing in, %j leads to %s", (wanted, page) => {
    expect(validation.pageAfterSignIn(wanted)).toBe(page);
  });
});

it.each([
  [{ turn: 3 }, 4],
  [{ turn: "3" }, 1],
  [{ turn: Number.NaN }, 1],
  [null, 1],
  ["x", 1],
])("the turn after %j is %i", (previous, turn) => {
  expect(nextTurn(previous)).toBe(turn);
});
