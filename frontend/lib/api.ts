import "server-only";
import { ApiError, errorFromAnswer, isRecord } from "./api-error";

export interface User {
  readonly id: string;
  readonly email: string;
  readonly name: string;
}

export interface Task {
  readonly id: string;
  readonly title: string;
  readonly done: boolean;
}

/** A part of a task list, the oldest task first. */
export interface TaskPage {
  readonly tasks: readonly Task[];
  /** The place where the page with the tasks before these ends; absent on the page with the oldest. */
  readonly earlier?: string;
}

export interface Session {
  readonly token: string;
  readonly user: User;
}

export interface ChatAnswer {
  readonly reply: string;
  readonly tasksChanged: boolean;
}

/**
 * How long the backend may take, in milliseconds.
 *
 * One request of a browser is at most one change (or one chat message) followed by one rendering,
 * whose reads run side by side. The longest such sum stays below `LONGEST_FAREWELL`, the time that the
 * server gives itself after SIGTERM.
 */
export const TIMEOUTS = { read: 5_000, change: 10_000, chat: 18_000 } as const;

export interface ApiOptions {
  readonly baseUrl: URL;
  readonly token?: string | undefined;
  readonly timeouts?: Readonly<Record<keyof typeof TIMEOUTS, number>>;
}

export class Api {
  readonly #base: string;
  readonly #token: string | undefined;
  readonly #timeouts: Readonly<Record<keyof typeof TIMEOUTS, number>>;

  constructor({ baseUrl, token, timeouts = TIMEOUTS }: ApiOptions) {
    this.#base = baseUrl.href.replace(/[?#].*$/, "").replace(/\/+$/, "");
    this.#token = token;
    this.#timeouts = timeouts;
  }

  signUp(account: { email: string; password: string; name?: string }): Promise<Session> {
    return this.#call("POST", "/api/auth/sign-up", "change", asSession, account);
  }

  signIn(credentials: { email: string; password: string }): Promise<Session> {
    return this.#call("POST", "/api/auth/sign-in", "change", asSession, credentials);
  }

  me(): Promise<User> {
    return this.#call("GET", "/api/me", "read", asUser);
  }

  /** The newest tasks, or the newest of those before a place. */
  tasks(before?: string): Promise<TaskPage> {
    const query = before === undefined ? "" : `?before=${encodeURIComponent(before)}`;
    return this.#call("GET", `/api/tasks${query}`, "read", asTaskPage);
  }

  addTask(title: string): Promise<Task> {
    return this.#call("POST", "/api/tasks", "change", asTask, { title });
  }

  changeTask(id: string, change: { title?: string; done?: boolean }): Promise<Task> {
    return this.#call("PATCH", `/api/tasks/${encodeURIComponent(id)}`, "change", asTask, change);
  }

  async deleteTask(id: string): Promise<void> {
    await this.#call("DELETE", `/api/tasks/${encodeURIComponent(id)}`, "change", () => true);
  }

  chat(message: string): Promise<ChatAnswer> {
    return this.#call("POST", "/api/chat", "chat", asChatAnswer, { message });
  }

  async #call<T>(
    method: string,
    path: string,
    kind: keyof typeof TIMEOUTS,
    read: (body: unknown, headers: Headers) => T | undefined,
    body?: object,
  ): Promise<T> {
    const what = `${method} ${path}`;
    const headers = new Headers({ accept: "application/json" });
    if (this.#token !== undefined) headers.set("authorization", `Bearer ${this.#token}`);
    if (body !== undefined) headers.set("content-type", "application/json");

    let status: number;
    let text: string;
    let answered: Headers;
    try {
      const answer = await fetch(this.#base + path, {
        method,
        headers,
        body: body === undefined ? null : JSON.stringify(body),
        cache: "no-store",
        // A redirect would carry the token to an address that nobody configured.
        redirect: "error",
        // Also ends an answer that starts in time and then stalls.
        signal: AbortSignal.timeout(this.#timeouts[kind]),
      });
      status = answer.status;
      answered = answer.headers;
      text = await answer.text();
    } catch (error) {
      throw connectionError(error, what);
    }

    const parsed = parseJson(text);
    if (status < 200 || status > 299) throw errorFromAnswer(status, parsed, what);
    const value = read(parsed, answered);
    if (value === undefined) {
      throw new ApiError("unexpected", { log: `${what} answered ${status} with a body of another shape` });
    }
    return value;
  }
}

function connectionError(error: unknown, what: string): ApiError {
  if (error instanceof Error && error.name === "TimeoutError") {
    return new ApiError("timed-out", { log: `${what} took too long` });
  }
  return new ApiError("unreachable", { log: `${what} failed: ${causeOf(error)}` });
}

/** `fetch` only says "fetch failed"; the reason is in its cause, for example ECONNREFUSED. */
function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return "unknown reason";
  const cause: unknown = error.cause;
  if (isRecord(cause) && typeof cause["code"] === "string") return cause["code"];
  return cause instanceof Error ? cause.message : error.message;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function asUser(body: unknown): User | undefined {
  if (!isRecord(body)) return undefined;
  const { id, email, name } = body;
  if (typeof id !== "string" || typeof email !== "string") return undefined;
  return { id, email, name: typeof name === "string" ? name : "" };
}

function asSession(body: unknown): Session | undefined {
  if (!isRecord(body) || typeof body["token"] !== "string" || body["token"] === "") return undefined;
  const user = asUser(body["user"]);
  return user && { token: body["token"], user };
}

function asTask(body: unknown): Task | undefined {
  if (!isRecord(body)) return undefined;
  const { id, title, done } = body;
  if (typeof id !== "string" || typeof title !== "string" || typeof done !== "boolean") return undefined;
  return { id, title, done };
}

function asTaskPage(body: unknown, headers: Headers): TaskPage | undefined {
  if (!Array.isArray(body)) return undefined;
  const tasks = body.map(asTask);
  if (tasks.includes(undefined)) return undefined;
  const earlier = placeOfPrevious(headers.get("link"));
  return { tasks: tasks as Task[], ...(earlier === undefined ? {} : { earlier }) };
}

/** `Link: </api/tasks?limit=100&before=PLACE>; rel="prev"`, as RFC 8288 has it. */
function placeOfPrevious(link: string | null): string | undefined {
  const target = /<([^>]*)>\s*;\s*rel="?prev"?/.exec(link ?? "")?.[1];
  const place = target === undefined ? null : new URLSearchParams(target.replace(/^[^?]*\?/, "")).get("before");
  return place === null || place === "" ? undefined : place;
}

function asChatAnswer(body: unknown): ChatAnswer | undefined {
  if (!isRecord(body) || typeof body["reply"] !== "string") return undefined;
  return { reply: body["reply"], tasksChanged: body["tasks_changed"] === true };
}
