"use client";

import type { ComponentProps } from "react";
import { useFormStatus } from "react-dom";

interface Props extends Omit<ComponentProps<"button">, "type" | "disabled"> {
  /** The label while the form is on its way. */
  readonly pendingLabel?: string;
  /** For a form whose way is watched by somebody else. */
  readonly busy?: boolean;
}

/**
 * The button of a form. While the form is on its way it refuses a second press, but is not
 * `disabled`: a disabled button would lose the keyboard's focus.
 */
export function SubmitButton({ children, pendingLabel, busy = false, onClick, ...rest }: Props) {
  const pending = useFormStatus().pending || busy;
  return (
    <button
      {...rest}
      type="submit"
      aria-disabled={pending}
      onClick={(event) => {
        if (pending) event.preventDefault();
        else onClick?.(event);
      }}
    >
      {pending ? (pendingLabel ?? children) : children}
    </button>
  );
}
