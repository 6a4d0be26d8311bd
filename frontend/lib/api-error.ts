/** What went wrong between this server and the backend, in the few kinds that the pages tell apart. */
export type ApiErrorKind =
  | "not-configured"
  | "unreachable"
  | "timed-out"
  | "unavailable"
  | "unauthorized"
  | "not-found"
  | "conflict"
  | "invalid"
  | "too-many-requests"
  | "unexpected";

/** Messages of the backend's validation, by the name of the form field they are about. */
export type FieldMessages = Readonly<Record<string, string>>;

interface Facts {
  /** For the log: what exactly happened. Never shown on a page, never holds a token. */
  readonly log: string;
  /** For the page: the backend's own words, if it has any that help a person. */
  readonly detail?: string | undefined;
  readonly fields?: FieldMessages | undefined;
}

export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly kind: ApiErrorKind;
  readonly detail: string | undefined;
  readonly fields: FieldMessages;

  constructor(kind: ApiErrorKind, facts: Facts) {
    super(facts.log);
    this.kind = kind;
    this.detail = facts.detail;
    this.fields = facts.fields ?? {};
  }
}

const LONGEST_DETAIL = 300;

const KIND_OF_STATUS: Readonly<Record<number, ApiErrorKind>> = {
  401: "unauthorized",
  404: "not-found",
  409: "conflict",
  400: "invalid",
  422: "invalid",
  429: "too-many-requests",
};

/** The error for an answer of the backend that is not a success. */
export function errorFromAnswer(status: number, body: unknown, what: string): ApiError {
  const kind = KIND_OF_STATUS[status] ?? (status >= 500 ? "unavailable" : "unexpected");
  const { detail, fields } = readDetail(body);
  const reason = kind === "unavailable" && detail !== undefined ? `: ${detail}` : "";
  return new ApiError(kind, { log: `${what} answered ${status}${reason}`, detail, fields });
}

/**
 * `detail` is a sentence, or what is wrong with which field: as text, `title: must not be empty`, with
 * `; ` between several, or as FastAPI's own list of `{loc: ["body", "title"], msg: "…"}`.
 */
function readDetail(body: unknown): { detail?: string; fields?: FieldMessages } {
  const detail = isRecord(body) ? body["detail"] : undefined;
  const problems = Array.isArray(detail) ? problemsInList(detail) : problemsInText(detail);
  if (problems.length === 0) {
    return typeof detail === "string" && detail.trim() !== "" ? { detail: sentence(detail) } : {};
  }
  // The first problem of a field is the one that is shown.
  const fields = Object.fromEntries(problems.reverse().map(([field, words]) => [field, sentence(words)]));
  const [field, words] = problems.at(-1) ?? ["", ""];
  return { detail: fields[field] ?? words, fields };
}

type FieldProblem = readonly [field: string, words: string];

function problemsInText(detail: unknown): FieldProblem[] {
  if (typeof detail !== "string") return [];
  const parts = detail.split("; ").map((part) => /^([a-z_]+): (.+)$/s.exec(part));
  return parts.flatMap((match): FieldProblem[] => {
    const [, field, words] = match ?? [];
    return field === undefined || words === undefined ? [] : [[field, words]];
  });
}

function problemsInList(detail: readonly unknown[]): FieldProblem[] {
  return detail.flatMap((item): FieldProblem[] => {
    if (!isRecord(item) || typeof item["msg"] !== "string") return [];
    const field: unknown = Array.isArray(item["loc"]) ? item["loc"].at(-1) : undefined;
    return typeof field === "string" ? [[field, item["msg"].replace(/^Value error, /, "")]] : [];
  });
}

function sentence(text: string): string {
  const short = shorten(text);
  const capital = short.charAt(0).toUpperCase() + short.slice(1);
  return /[.!?…]$/.test(capital) ? capital : `${capital}.`;
}

function shorten(text: string): string {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length > LONGEST_DETAIL ? `${line.slice(0, LONGEST_DETAIL - 1)}…` : line;
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
