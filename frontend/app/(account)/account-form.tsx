"use client";

import Link from "next/link";
import { useActionState, useEffect, useRef, type ComponentProps } from "react";
import { LIMITS, type PageAfterSignIn } from "@/lib/validation";
import { Notice } from "../ui/notice";
import { SubmitButton } from "../ui/submit-button";
import { FRESH, type AccountState } from "./state";

interface Props {
  readonly purpose: "sign-in" | "sign-up";
  readonly action: (state: AccountState, form: FormData) => Promise<AccountState>;
  readonly next: PageAfterSignIn;
}

export function AccountForm({ purpose, action, next }: Props) {
  const [state, dispatch] = useActionState(action, FRESH);
  const form = useRef<HTMLFormElement>(null);
  const isNew = purpose === "sign-up";

  // After a refusal the keyboard goes where the trouble is.
  useEffect(() => {
    if (state.turn === 0) return;
    const wrong = form.current?.querySelector<HTMLElement>("[aria-invalid=true]");
    (wrong ?? form.current?.querySelector<HTMLElement>("#password"))?.focus();
  }, [state]);

  const other = isNew ? "/sign-in" : "/sign-up";
  return (
    <>
      <form ref={form} action={dispatch} className="stack">
        {state.error === undefined ? null : (
          <Notice key={state.turn} tone="error">
            {state.error}
          </Notice>
        )}
        <input type="hidden" name="next" value={next} />
        {isNew ? (
          <Field
            label="Name"
            hint="Optional"
            name="name"
            autoComplete="name"
            maxLength={LIMITS.name}
            defaultValue={state.typed.name}
            problem={state.fields.name}
          />
        ) : null}
        <Field
          label="E-mail address"
          name="email"
          type="email"
          autoComplete={isNew ? "email" : "username"}
          inputMode="email"
          autoCapitalize="none"
          spellCheck={false}
          maxLength={LIMITS.email}
          required
          defaultValue={state.typed.email}
          problem={state.fields.email}
        />
        <Field
          label="Password"
          {...(isNew ? { hint: `At least ${LIMITS.password.min} characters` } : {})}
          name="password"
          type="password"
          autoComplete={isNew ? "new-password" : "current-password"}
          {...(isNew ? { minLength: LIMITS.password.min, maxLength: LIMITS.password.max } : {})}
          required
          problem={state.fields.password}
        />
        <SubmitButton className="button button-main button-wide" pendingLabel={isNew ? "Creating…" : "Signing in…"}>
          {isNew ? "Create account" : "Sign in"}
        </SubmitButton>
      </form>
      <p className="account-other">
        {isNew ? "Already have an account?" : "New here?"}{" "}
        <Link href={next === "/tasks" ? other : `${other}?next=${next}`} prefetch={false}>
          {isNew ? "Sign in" : "Create an account"}
        </Link>
      </p>
    </>
  );
}

interface FieldProps extends Omit<ComponentProps<"input">, "id"> {
  readonly label: string;
  readonly name: string;
  readonly hint?: string;
  readonly problem: string | undefined;
}

function Field({ label, hint, problem, name, ...input }: FieldProps) {
  const described = [hint && `${name}-hint`, problem && `${name}-problem`].filter(Boolean).join(" ");
  return (
    <div className="field">
      <div className="field-head">
        <label htmlFor={name}>{label}</label>
        {hint === undefined ? null : (
          <span id={`${name}-hint`} className="hint">
            {hint}
          </span>
        )}
      </div>
      <input
        {...input}
        id={name}
        name={name}
        className="input"
        aria-invalid={problem !== undefined}
        {...(described === "" ? {} : { "aria-describedby": described })}
      />
      {problem === undefined ? null : (
        <p id={`${name}-problem`} className="field-problem">
          {problem}
        </p>
      )}
    </div>
  );
}
