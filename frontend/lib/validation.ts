export const LIMITS = { title: 200, message: 4_000, name: 100, email: 254, password: { min: 8, max: 128 } } as const;

/** The trimmed text of a form field; a missing field or a file counts as empty. */
export function textOf(form: FormData, name: string): string {
  const value = form.get(name);
  return typeof value === "string" ? value.trim() : "";
}

/** The text of a form field exactly as typed: passwords may begin or end with a space. */
export function rawTextOf(form: FormData, name: string): string {
  const value = form.get(name);
  return typeof value === "string" ? value : "";
}

export function checkTitle(title: string): string | undefined {
  if (title === "") return "Please write what there is to do.";
  if (title.length > LIMITS.title) return `Please keep it to ${LIMITS.title} characters.`;
  return undefined;
}

export function checkMessage(message: string): string | undefined {
  if (message === "") return "Please write a message.";
  if (message.length > LIMITS.message) return `Please keep it to ${LIMITS.message} characters.`;
  return undefined;
}

export function checkEmail(email: string): string | undefined {
  if (email === "") return "Please enter your e-mail address.";
  // Only the shape: whether the address is good is the backend's business.
  if (email.length > LIMITS.email || !/^[^\s@]+@[^\s@]+$/.test(email)) {
    return "This does not look like an e-mail address.";
  }
  return undefined;
}

export function checkNewPassword(password: string): string | undefined {
  if (password === "") return "Please choose a password.";
  if (password.length < LIMITS.password.min) return `Please use at least ${LIMITS.password.min} characters.`;
  if (password.length > LIMITS.password.max) return `Please use at most ${LIMITS.password.max} characters.`;
  return undefined;
}

export function checkPassword(password: string): string | undefined {
  return password === "" ? "Please enter your password." : undefined;
}

export function checkName(name: string): string | undefined {
  return name.length > LIMITS.name ? `Please keep it to ${LIMITS.name} characters.` : undefined;
}

const PAGES_AFTER_SIGN_IN = ["/tasks", "/chat"] as const;
export type PageAfterSignIn = (typeof PAGES_AFTER_SIGN_IN)[number];

/** Where to go after signing in. Only our own pages, so that a link cannot send anybody elsewhere. */
export function pageAfterSignIn(wanted: unknown): PageAfterSignIn {
  return PAGES_AFTER_SIGN_IN.find((page) => page === wanted) ?? "/tasks";
}
