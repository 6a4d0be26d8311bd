import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { signIn, signUp } from "@/app/(account)/actions";
import { FRESH } from "@/app/(account)/state";
import { signOut } from "@/app/(app)/actions";
import { sendMessage } from "@/app/(app)/chat/actions";
import { SILENCE } from "@/app/(app)/chat/state";
import { changeTasks } from "@/app/(app)/tasks/actions";
import { IDLE } from "@/app/(app)/tasks/state";
import { Api } from "@/lib/api";
import { load } from "@/lib/server";
import { fakeBackend } from "./fake-backend.mjs";

const browser = vi.hoisted(() => ({ cookies: new Map<string, string>(), headers: new Headers() }));

vi.mock("next/headers", () => ({
  headers: () => Promise.resolve(browser.headers),
  cookies: () =>
    Promise.resolve({
      get: (name: string) => (browser.cookies.has(name) ? { name, value: browser.cookies.get(name) } : undefined),
      set: ({ name, value }: { name: string; value: string }) => browser.cookies.set(name, value),
      delete: (name: string) => browser.cookies.delete(name),
    }),
}));
vi.mock("next/cache", () => ({ revalidatePath: () => undefined }));
vi.mock("next/navigation", () => ({
  redirect: (path: string) => {
    throw new Error(`redirect to ${path}`);
  },
}));

const COOKIE = "taskflow_session";
let backend: ReturnType<typeof fakeBackend>;
let api: Api;

beforeEach(async () => {
  backend = fakeBackend();
  const baseUrl = await backend.listen();
  vi.stubEnv("BACKEND_URL", baseUrl.href);
  vi.spyOn(console, "error").mockImplementation(() => undefined);
  browser.headers = new Headers({ "next-action": "some id" });
  const { token } = await new Api({ baseUrl }).signUp({ email: "ada@example.org", password: "correct horse" });
  browser.cookies = new Map([[COOKIE, token]]);
  api = new Api({ baseUrl, token });
});

afterEach(() => {
  backend.close();
});

function form(fields: Record<string, string>): FormData {
  const data = new FormData();
  for (const [name, value] of Object.entries(fields)) data.set(name, value);
  return data;
}

describe("accounts", () => {
  const account = { email: "ada@example.org", password: "correct horse" };

  it("signing in sets the cookie and leads on", async () => {
    browser.cookies.clear();
    await expect(signIn(FRESH, form({ ...account, next: "/chat" }))).rejects.toThrow("redirect to /chat");
    expect(browser.cookies.get(COOKIE)).toMatch(/^e30\./);
  });

  it("a wrong password keeps the address, but not the password", async () => {
    const state = await signIn(FRESH, form({ ...account, password: "wrong" }));
    expect(state).toEqual({
      turn: 1,
      error: "The e-mail address or the password is wrong.",
      fields: {},
      typed: { name: "", email: "ada@example.org" },
    });
  });

  it("asks the backend nothing while a field is plainly wrong", async () => {
    const before = backend.seen.length;
    const state = await signUp(FRESH, form({ email: "ada", password: "short", name: "x".repeat(200) }));
    expect(Object.keys(state.fields)).toEqual(["name", "email", "password"]);
    expect(backend.seen).toHaveLength(before);
  });

  it("an address that is taken is said at its field", async () => {
    expect((await signUp(FRESH, form(account))).fields.email).toMatch(/already an account/);
  });

  it("what the backend says about a field is said at the field, the rest above the form", async () => {
    backend.breakWith({ status: 422, detail: "email: must be real" });
    expect(await signUp(FRESH, form(account))).toMatchObject({ fields: { email: "Must be real." } });
    backend.breakWith({ status: 422, detail: "captcha: is required" });
    expect(await signUp(FRESH, form(account))).toMatchObject({ fields: {}, error: "Is required." });
  });

  it("signing out forgets the cookie", async () => {
    await expect(signOut()).rejects.toThrow("redirect to /sign-in?reason=signed-out");
    expect(browser.cookies.size).toBe(0);
  });
});

describe("tasks", () => {
  it("adds, toggles, renames and deletes", async () => {
    expect(await changeTasks(IDLE, form({ intent: "add", title: " Buy bread " }))).toMatchObject({
      turn: 1,
      intent: "add",
      status: "Added “Buy bread”.",
    });
    const [task] = (await api.tasks()).tasks;
    const id = task?.id ?? "";
    await changeTasks(IDLE, form({ intent: "toggle", id, done: "true" }));
    await changeTasks(IDLE, form({ intent: "rename", id, title: "Buy oats" }));
    expect((await api.tasks()).tasks).toEqual([{ id, title: "Buy oats", done: true }]);
    await changeTasks(IDLE, form({ intent: "delete", id }));
    expect((await api.tasks()).tasks).toEqual([]);
  });

  it("leads a browser without JavaScript to a fresh page", async () => {
    browser.headers = new Headers();
    await expect(changeTasks(IDLE, form({ intent: "add", title: "x" }))).rejects.toThrow("redirect to /tasks?done=add");
  });

  it("leads to the newest page after adding on another one, and else back to the same page", async () => {
    const { id } = await api.addTask("x");
    const onEarlierPage = { before: "place" };
    await expect(changeTasks(IDLE, form({ intent: "add", title: "y", ...onEarlierPage }))).rejects.toThrow(
      "redirect to /tasks?done=add",
    );
    const toggle = form({ intent: "toggle", id, done: "true", ...onEarlierPage });
    expect(await changeTasks(IDLE, toggle)).toMatchObject({ status: "Marked as done." });
    browser.headers = new Headers();
    await expect(changeTasks(IDLE, toggle)).rejects.toThrow("redirect to /tasks?before=place&done=toggle");
  });

  it("refuses an empty title", async () => {
    expect((await changeTasks(IDLE, form({ intent: "add", title: "  " }))).error).toMatch(/write/);
  });

  it.each([{}, { intent: "explode", id: "1" }, { intent: "delete" }])("does nothing for %j", async (fields) => {
    const before = backend.seen.length;
    expect((await changeTasks(IDLE, form(fields))).error).toMatch(/out of date/);
    expect(backend.seen).toHaveLength(before);
  });

  it("says that a task is gone", async () => {
    expect((await changeTasks(IDLE, form({ intent: "delete", id: "gone" }))).error).toMatch(/no longer exists/);
  });
});

describe("the session", () => {
  it("that ended is closed, and the visitor can sign in and come back", async () => {
    browser.cookies.set(COOKIE, "forged");
    await expect(sendMessage(SILENCE, form({ message: "Hello" }))).rejects.toThrow("/sign-in?reason=expired&next=/chat");
    expect(browser.cookies.size).toBe(0);
  });

  it("is needed to see and to change anything", async () => {
    browser.cookies.clear();
    await expect(load("/tasks", (client) => client.tasks())).rejects.toThrow("redirect to /sign-in?next=/tasks");
    await expect(changeTasks(IDLE, form({ intent: "add", title: "x" }))).rejects.toThrow("/sign-in?next=/tasks");
  });
});

describe("a backend in trouble", () => {
  it.each([
    [{ status: 500, detail: "Traceback (most recent call last)" }, /has a problem/, "answered 500"],
    [{ status: 503 }, /has a problem/, "answered 503"],
    [{ body: "<html>" }, /does not understand/, "another shape"],
  ])("%j is a sentence on the page and a line in the log", async (fault, words, line) => {
    backend.breakWith(fault);
    const state = await changeTasks(IDLE, form({ intent: "add", title: "Kept" }));
    expect(state.typed).toBe("Kept");
    expect(state.error).toMatch(words);
    expect(state.error).not.toContain("Traceback");
    expect(console.error).toHaveBeenCalledExactlyOnceWith(expect.stringMatching(`^taskflow: POST /api/tasks .*${line}`));
  });

  it("that is away is not a crash", async () => {
    backend.close();
    const outcome = await load("/tasks", (client) => client.tasks());
    expect(outcome).toMatchObject({ ok: false, error: { kind: "unreachable" } });
    const state = await sendMessage(SILENCE, form({ message: "Hello?" }));
    expect(state.draft).toBe("Hello?");
    expect(state.error).toMatch(/can’t be reached/);
  });

  it("nobody configured is named on the page and in the log", async () => {
    vi.stubEnv("BACKEND_URL", "");
    const state = await signIn(FRESH, form({ email: "ada@example.org", password: "x" }));
    expect(state.error).toBe("This app is not configured yet. The variable BACKEND_URL is not set.");
    expect(console.error).toHaveBeenCalledWith("taskflow: the environment variable BACKEND_URL is not set");
  });

  it("never gets a token into the log", async () => {
    backend.breakWith({ status: 500 });
    await changeTasks(IDLE, form({ intent: "add", title: "x" }));
    expect(vi.mocked(console.error).mock.calls.join()).not.toContain(browser.cookies.get(COOKIE));
  });
});
