export type AccountField = "name" | "email" | "password";

/** What a form of this folder shows after it was sent and sent back. */
export interface AccountState {
  /** Counts the attempts, so that the same answer twice is still news. */
  readonly turn: number;
  readonly error?: string | undefined;
  readonly fields: Readonly<Partial<Record<AccountField, string>>>;
  /** What was typed, but never the password. */
  readonly typed: { readonly name: string; readonly email: string };
}

export const FRESH: AccountState = { turn: 0, fields: {}, typed: { name: "", email: "" } };
