import { createServer } from "node:http";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Api, TIMEOUTS } from "@/lib/api";
import { ApiError } from "@/lib/api-error";
import { LONGEST_FAREWELL } from "@/lib/startup";
import { fakeBackend } from "./fake-backend.mjs";

let backend: ReturnType<typeof fakeBackend>;
let baseUrl: URL;

beforeEach(async () => {
  backend = fakeBackend();
  baseUrl = await backend.listen();
});

afterEach(() => {
  backend.close();
});

const ACCOUNT = { email: "ada@example.org", password: "correct horse", name: "Ada" };

async function signedUp(): Promise<Api> {
  const { token } = await new Api({ baseUrl }).signUp(ACCOUNT);
  return new Api({ baseUrl, token });
}

async function failure(promise: Promise<unknown>): Promise<ApiError> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof ApiError)) throw new Error("expected an ApiError");
  return error;
}

describe("the calls", () => {
  it("signs up and in", async () => {
    const api = new Api({ baseUrl });
    const created = await api.signUp(ACCOUNT);
    expect(created.user).toMatchObject({ email: "ada@example.org", name: "Ada" });
    expect((await api.signIn(ACCOUNT)).token).toBe(created.token);
    expect(await new Api({ baseUrl, token: created.token }).me()).toEqual(created.user);
  });

  it("adds, changes, lists and deletes tasks", async () => {
    const api = await signedUp();
    const task = await api.addTask("Buy bread");
    expect(task).toEqual({ id: task.id, title: "Buy bread", done: false });
    expect(await api.changeTask(task.id, { done: true })).toEqual({ ...task, done: true });
    expect(await api.changeTask(task.id, { title: "Buy oats" })).toMatchObject({ title: "Buy oats", done: true });
    expect(await api.tasks()).toEqual({ tasks: [{ id: task.id, title: "Buy oats", done: true }] });
    await api.deleteTask(task.id);
    expect(await api.tasks()).toEqual({ tasks: [] });
  });

  it("reads a long list page by page, from its end", async () => {
    const api = await signedUp();
    for (let number = 0; number < 201; number += 1) await api.addTask(String(number));
    const numbers: string[][] = [];
    let place: string | undefined;
    do {
      const { tasks, earlier } = await api.tasks(place);
      numbers.push(tasks.map(({ title }) => title));
      place = earlier;
    } while (place !== undefined);
    expect(numbers.map((page) => [page.at(0), page.at(-1)])).toEqual([
      ["101", "200"],
      ["1", "100"],
      ["0", "0"],
    ]);
  });

  it.each([
    [`</api/tasks?limit=100&before=Abc_-1>; rel="prev"`, "Abc_-1"],
    [`<https://api.example.org/v1/api/tasks?before=a%2Bb>;rel=prev`, "a+b"],
    [`</api/tasks?before=x>; rel="next", </api/tasks?before=y>; rel="prev"`, "y"],
    [`</api/tasks?before=x>; rel="next"`, undefined],
    [`</api/tasks?before=>; rel="prev"`, undefined],
    [`</api/tasks>; rel="prev"`, undefined],
    ["nonsense", undefined],
  ])("with the link %s, the page before is %s", async (link, place) => {
    backend.breakWith({ status: 200, body: "[]", headers: { link } });
    expect((await new Api({ baseUrl, token: "t" }).tasks()).earlier).toBe(place);
  });

  it("sends a place as it is, whatever is in it", async () => {
    backend.breakWith({ status: 200, body: "[]" });
    await new Api({ baseUrl, token: "t" }).tasks("a&limit=1#?/");
    expect(backend.seen[0]?.path).toBe("/api/tasks?before=a%26limit%3D1%23%3F%2F");
  });

  it("chats", async () => {
    const api = await signedUp();
    expect(await api.chat("Hello")).toEqual({ reply: "You said: Hello", tasksChanged: false });
    expect((await api.chat("Add “buy milk” to my tasks")).tasksChanged).toBe(true);
  });

  it("sends the token, and only where there is one", async () => {
    await (await signedUp()).tasks();
    const [signUp, tasks] = backend.seen;
    expect(signUp?.headers.authorization).toBeUndefined();
    expect(tasks?.headers.authorization).toMatch(/^Bearer e30\./);
  });

  it("keeps a path in the address, and cannot be led out of it by an id", async () => {
    const api = new Api({ baseUrl: new URL("/prefix/?x=1#y", baseUrl), token: "t" });
    await failure(api.deleteTask("../../admin?a=b"));
    expect(backend.seen[0]?.path).toBe("/prefix/api/tasks/..%2F..%2Fadmin%3Fa%3Db");
  });
});

describe("the failures", () => {
  it.each([
    [400, "invalid"],
    [401, "unauthorized"],
    [403, "unexpected"],
    [404, "not-found"],
    [409, "conflict"],
    [422, "invalid"],
    [429, "too-many-requests"],
    [500, "unavailable"],
    [502, "unavailable"],
    [503, "unavailable"],
  ])("%i is %s", async (status, kind) => {
    backend.breakWith({ status });
    expect((await failure(new Api({ baseUrl, token: "t" }).tasks())).kind).toBe(kind);
  });

  it("takes the messages of FastAPI's list to their fields", async () => {
    const error = await failure(new Api({ baseUrl }).signUp({ email: "b@example.org", password: "short" }));
    expect(error.kind).toBe("invalid");
    expect(error.fields).toEqual({ password: "Too short." });
    expect(error.detail).toBe("Too short.");
  });

  it("takes the messages of a text to their fields", async () => {
    const detail = "email: must be an e-mail address; password: must have 8 characters; password: must not be empty";
    backend.breakWith({ status: 422, detail });
    const error = await failure(new Api({ baseUrl }).signIn(ACCOUNT));
    expect(error.fields).toEqual({ email: "Must be an e-mail address.", password: "Must have 8 characters." });
    expect(error.detail).toBe("Must be an e-mail address.");
  });

  it("keeps a plain sentence", async () => {
    backend.breakWith({ status: 409, detail: "there is already an account" });
    const error = await failure(new Api({ baseUrl }).signUp(ACCOUNT));
    expect(error).toMatchObject({ detail: "There is already an account.", fields: {} });
  });

  it.each([[[]], [[{}, 7, { msg: 1 }]], [""], [{ a: 1 }]])("survives the detail %j", async (detail) => {
    backend.breakWith({ status: 422, detail });
    expect(await failure(new Api({ baseUrl }).signIn(ACCOUNT))).toMatchObject({ detail: undefined, fields: {} });
  });

  it.each([["not json"], ["[]"], ["{}"], ["null"], [`{"id": 1, "title": "x", "done": false}`]])(
    "does not take %s for a task",
    async (body) => {
      backend.breakWith({ status: 200, body });
      const error = await failure(new Api({ baseUrl, token: "t" }).addTask("x"));
      expect(error.kind).toBe("unexpected");
      expect(error.message).toBe("POST /api/tasks answered 200 with a body of another shape");
    },
  );

  it("does not take a list with one strange task", async () => {
    backend.breakWith({ status: 200, body: `[{"id": "1", "title": "x", "done": true}, 5]` });
    expect((await failure(new Api({ baseUrl, token: "t" }).tasks())).kind).toBe("unexpected");
  });

  it("does not take a session without a token", async () => {
    backend.breakWith({ status: 200, body: `{"token": "", "user": {"id": "1", "email": "a@b"}}` });
    expect((await failure(new Api({ baseUrl }).signIn(ACCOUNT))).kind).toBe("unexpected");
  });

  it("gives up on a backend that is silent", async () => {
    backend.breakWith({ delay: 5_000 });
    const timeouts = { read: 50, change: 5_000, chat: 5_000 };
    const error = await failure(new Api({ baseUrl, token: "t", timeouts }).tasks());
    expect(error.kind).toBe("timed-out");
    expect(error.message).toBe("GET /api/tasks took too long");
  });

  it("gives up on an answer that stalls in the middle", async () => {
    const stalling = createServer((_request, response) => {
      response.writeHead(200, { "content-type": "application/json" });
      response.write("[");
    });
    await new Promise<void>((resolve) => stalling.listen(0, "127.0.0.1", resolve));
    const address = stalling.address();
    const url = new URL(`http://127.0.0.1:${typeof address === "object" ? (address?.port ?? 0) : 0}`);
    const error = await failure(new Api({ baseUrl: url, timeouts: { read: 50, change: 50, chat: 50 } }).tasks());
    expect(error.kind).toBe("timed-out");
    stalling.closeAllConnections();
    stalling.close();
  });

  it("says that nobody is there", async () => {
    backend.close();
    const error = await failure(new Api({ baseUrl, token: "secret" }).tasks());
    expect(error).toMatchObject({ kind: "unreachable", message: "GET /api/tasks failed: ECONNREFUSED" });
  });

  it("does not follow a redirect, which would carry the token away", async () => {
    const redirecting = createServer((_request, response) => {
      response.writeHead(307, { location: new URL("/api/tasks", baseUrl).href }).end();
    });
    await new Promise<void>((resolve) => redirecting.listen(0, "127.0.0.1", resolve));
    const address = redirecting.address();
    const url = new URL(`http://127.0.0.1:${typeof address === "object" ? (address?.port ?? 0) : 0}`);
    expect((await failure(new Api({ baseUrl: url, token: "t" }).tasks())).kind).toBe("unreachable");
    expect(backend.seen).toEqual([]);
    redirecting.closeAllConnections();
    redirecting.close();
  });
});

it("ends every request within the time that the server has after SIGTERM", () => {
  // One request: a change or a chat message, then the reads of one rendering, side by side.
  expect(Math.max(TIMEOUTS.change, TIMEOUTS.chat) + TIMEOUTS.read).toBeLessThan(LONGEST_FAREWELL);
});
