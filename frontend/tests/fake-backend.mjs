// @ts-check
// A small stand-in for the backend, kept in memory. The unit tests start it; by hand:
//   node tests/fake-backend.mjs [PORT [HOST]]
// `PUT /fake {"status": 500}`, `{"delay": 4000}`, `{"body": "no json"}` make its answers go wrong; `{}` repairs it.
import { randomUUID } from "node:crypto";
import { createServer } from "node:http";

/**
 * @typedef {{ id: string, email: string, name: string, password: string, token: string }} Account
 * @typedef {{ id: string, title: string, done: boolean, created_at: string }} FakeTask
 * @typedef {{ status?: number, detail?: unknown, delay?: number, body?: string, headers?: Record<string, string> }} Fault
 * @typedef {{ method: string, path: string, headers: import("node:http").IncomingHttpHeaders, body: unknown }} Seen
 */

export function fakeBackend() {
  /** @type {Account[]} */
  const accounts = [];
  /** @type {Map<string, FakeTask[]>} */
  const lists = new Map();
  /** @type {Seen[]} */
  const seen = [];
  /** @type {Fault} */
  let fault = {};

  /** @param {Account} account */
  const session = ({ id, email, name, token }) => ({ token, user: { id, email, name } });

  /**
   * @param {string} method
   * @param {string} path
   * @param {Record<string, unknown>} body
   * @param {string} authorization
   * @returns {[status: number, body?: unknown, headers?: Record<string, string>]}
   */
  function answer(method, path, body, authorization) {
    const email = String(body["email"]);
    const known = accounts.find((account) => account.email === email);
    if (path === "/api/auth/sign-up" && method === "POST") {
      if (known) return [409, { detail: "This e-mail address is taken" }];
      if (String(body["password"]).length < 8) {
        return [422, { detail: [{ loc: ["body", "password"], msg: "Value error, too short", type: "value_error" }] }];
      }
      const id = randomUUID();
      const payload = { sub: id, exp: Math.floor(Date.now() / 1000) + 3600 };
      const token = ["e30", Buffer.from(JSON.stringify(payload)).toString("base64url"), "unsigned"].join(".");
      const account = { id, email, name: typeof body["name"] === "string" ? body["name"] : "", password: String(body["password"]), token };
      accounts.push(account);
      lists.set(id, []);
      return [201, session(account)];
    }
    if (path === "/api/auth/sign-in" && method === "POST") {
      const right = known !== undefined && known.password === body["password"];
      return right ? [200, session(known)] : [401, { detail: "Wrong e-mail address or password" }];
    }

    const account = accounts.find(({ token }) => authorization === `Bearer ${token}`);
    if (account === undefined) return [401, { detail: "Not authenticated" }];
    const tasks = lists.get(account.id) ?? [];
    if (path === "/api/me") return [200, session(account).user];
    const [resource, query] = path.split("?");
    if (resource === "/api/tasks" && method === "GET") {
      const parameters = new URLSearchParams(query);
      const limit = Number(parameters.get("limit") ?? 100);
      const before = parameters.get("before");
      const end = before === null ? tasks.length : tasks.findIndex((task) => task.id === before);
      if (end < 0) return [422, { detail: "before: is not a place in a task list" }];
      const start = Math.max(0, end - limit);
      const first = start > 0 ? tasks[start] : undefined;
      const link = { link: `</api/tasks?limit=${String(limit)}&before=${String(first?.id)}>; rel="prev"` };
      return [200, tasks.slice(start, end), first === undefined ? {} : link];
    }
    if (path === "/api/tasks" && method === "POST") {
      const task = { id: randomUUID(), title: String(body["title"]), done: false, created_at: new Date().toISOString() };
      tasks.push(task);
      return [201, task];
    }
    if (path === "/api/chat" && method === "POST") {
      const message = String(body["message"]);
      const wanted = /^add “(.+)” to my tasks$/i.exec(message)?.[1];
      if (wanted === undefined) return [200, { reply: `You said: ${message}`, tasks_changed: false }];
      tasks.push({ id: randomUUID(), title: wanted, done: false, created_at: new Date().toISOString() });
      return [200, { reply: `Done, “${wanted}” is on your list.`, tasks_changed: true }];
    }
    const index = tasks.findIndex((task) => path === `/api/tasks/${task.id}`);
    const task = tasks[index];
    if (task === undefined) return [404, { detail: "Not found" }];
    if (method === "PATCH") return [200, Object.assign(task, body)];
    if (method === "DELETE") {
      tasks.splice(index, 1);
      return [204];
    }
    return [405, { detail: "Method not allowed" }];
  }

  const server = createServer((request, response) => {
    /** @type {Buffer[]} */
    const chunks = [];
    request.on("data", (/** @type {Buffer} */ chunk) => chunks.push(chunk));
    request.on("end", () => {
      const text = Buffer.concat(chunks).toString("utf8");
      const body = text === "" ? {} : /** @type {Record<string, unknown>} */ (JSON.parse(text));
      const { method = "GET", url: path = "/", headers } = request;
      if (path === "/fake") {
        fault = /** @type {Fault} */ (body);
        response.writeHead(204).end();
        return;
      }
      seen.push({ method, path, headers, body: text === "" ? undefined : body });
      const [status, result, more = {}] =
        fault.status === undefined
          ? answer(method, path, body, headers.authorization ?? "")
          : [fault.status, { detail: fault.detail ?? "Told to fail" }];
      setTimeout(() => {
        response.writeHead(status, { "content-type": "application/json", ...more, ...fault.headers });
        response.end(fault.body ?? (result === undefined ? undefined : JSON.stringify(result)));
      }, fault.delay ?? 0);
    });
  });

  return {
    server,
    seen,
    /** @param {Fault} next */
    breakWith(next) {
      fault = next;
    },
    /**
     * @param {number} [port]
     * @param {string} [host]
     * @returns {Promise<URL>}
     */
    listen(port = 0, host = "127.0.0.1") {
      return new Promise((resolve) => {
        server.listen(port, host, () => {
          const address = server.address();
          resolve(new URL(`http://${host}:${String(typeof address === "object" ? address?.port : port)}`));
        });
      });
    },
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

if (process.argv[1] === import.meta.filename) {
  const url = await fakeBackend().listen(Number(process.argv[2] ?? 8000), process.argv[3]);
  console.log(`fake backend on ${url.href}`);
}
