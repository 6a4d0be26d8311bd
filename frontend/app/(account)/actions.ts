"use server";

import { redirect } from "next/navigation";
import type { Session } from "@/lib/api";
import type { ApiError } from "@/lib/api-error";
import { messageFor } from "@/lib/messages";
import { attempt, startSession, type Outcome } from "@/lib/server";
import { nextTurn } from "@/lib/turn";
import {
  checkEmail,
  checkName,
  checkNewPassword,
  checkPassword,
  pageAfterSignIn,
  rawTextOf,
  textOf,
} from "@/lib/validation";
import type { AccountField, AccountState } from "./state";

export async function signIn(previous: AccountState, form: FormData): Promise<AccountState> {
  const email = textOf(form, "email");
  const password = rawTextOf(form, "password");
  const answer = answerTo(previous, { name: "", email });

  const fields = present({ email: checkEmail(email), password: checkPassword(password) });
  if (Object.keys(fields).length > 0) return answer({ fields });

  const outcome = await attempt(undefined, (api) => api.signIn({ email, password }));
  if (!outcome.ok && outcome.error.kind === "unauthorized") {
    return answer({ error: "The e-mail address or the password is wrong." });
  }
  return enter(outcome, form, answer);
}

export async function signUp(previous: AccountState, form: FormData): Promise<AccountState> {
  const name = textOf(form, "name");
  const email = textOf(form, "email");
  const password = rawTextOf(form, "password");
  const answer = answerTo(previous, { name, email });

  const fields = present({ name: checkName(name), email: checkEmail(email), password: checkNewPassword(password) });
  if (Object.keys(fields).length > 0) return answer({ fields });

  const account = { email, password, ...(name === "" ? {} : { name }) };
  const outcome = await attempt(undefined, (api) => api.signUp(account));
  if (!outcome.ok && outcome.error.kind === "conflict") {
    return answer({ fields: { email: "There is already an account with this address. You can sign in instead." } });
  }
  return enter(outcome, form, answer);
}

type Answer = (news: Pick<AccountState, "error"> & Partial<Pick<AccountState, "fields">>) => AccountState;

function answerTo(previous: AccountState, typed: AccountState["typed"]): Answer {
  const turn = nextTurn(previous);
  return (news) => ({ turn, typed, fields: {}, ...news });
}

async function enter(outcome: Outcome<Session>, form: FormData, answer: Answer): Promise<AccountState> {
  if (!outcome.ok) return answer(newsOf(outcome.error));
  await startSession(outcome.value);
  redirect(pageAfterSignIn(form.get("next")));
}

/** Messages of the backend's validation go to their fields; one for no field of ours goes above the form. */
function newsOf(error: ApiError): Parameters<Answer>[0] {
  const { name, email, password } = error.fields;
  const fields = present({ name, email, password });
  return Object.keys(fields).length > 0 ? { fields } : { error: messageFor(error) };
}

function present(fields: Partial<Record<AccountField, string | undefined>>): AccountState["fields"] {
  return Object.fromEntries(Object.entries(fields).filter(([, message]) => message !== undefined));
}
