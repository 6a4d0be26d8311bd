"use client";

import Link from "next/link";
import { useEffect, useRef } from "react";
import { useFormStatus } from "react-dom";
import type { Task } from "@/lib/api";
import { LIMITS } from "@/lib/validation";
import { BinIcon, CheckIcon, PencilIcon } from "../../ui/icons";
import { SubmitButton } from "../../ui/submit-button";
import { tasksPath } from "./path";
import type { TaskState } from "./state";

interface Props {
  readonly task: Task;
  /** Where the page ends that the task is on. */
  readonly before: string | undefined;
  readonly dispatch: (form: FormData) => void;
  readonly editing: boolean;
  /** The state after a rename of this task; it holds an error if the new title was refused. */
  readonly refused: TaskState | undefined;
  readonly onEdit: () => void;
  readonly onCancel: () => void;
  readonly onDelete: () => void;
}

export function TaskRow({ task, before, dispatch, editing, refused, onEdit, onCancel, onDelete }: Props) {
  if (editing) {
    return (
      <li className="task">
        <RenameForm task={task} before={before} dispatch={dispatch} refused={refused} onCancel={onCancel} />
      </li>
    );
  }
  return (
    <li className={task.done ? "task task-done" : "task"}>
      <form action={dispatch} className="task-toggle">
        <input type="hidden" name="intent" value="toggle" />
        <PageField before={before} />
        <input type="hidden" name="id" value={task.id} />
        <input type="hidden" name="done" value={String(!task.done)} />
        <TickButton done={task.done} label={`task-${task.id}`} />
      </form>
      <span id={`task-${task.id}`} className="task-title">
        {task.title}
      </span>
      {/* A link, so that it also works without JavaScript; with it, the address stays as it is. */}
      <Link
        id={`rename-${task.id}`}
        className="button button-icon"
        href={tasksPath({ before, edit: task.id })}
        prefetch={false}
        aria-label={`Rename ${task.title}`}
        title="Rename"
        onClick={(event) => {
          if (event.metaKey || event.ctrlKey || event.shiftKey) return;
          event.preventDefault();
          onEdit();
        }}
      >
        <PencilIcon />
      </Link>
      <form action={dispatch}>
        <input type="hidden" name="intent" value="delete" />
        <PageField before={before} />
        <input type="hidden" name="id" value={task.id} />
        <SubmitButton
          id={`delete-${task.id}`}
          className="button button-icon button-danger"
          aria-label={`Delete ${task.title}`}
          title="Delete"
          onClick={onDelete}
        >
          <BinIcon />
        </SubmitButton>
      </form>
    </li>
  );
}

/** The page that a browser without JavaScript comes back to. */
function PageField({ before }: Pick<Props, "before">) {
  return before === undefined ? null : <input type="hidden" name="before" value={before} />;
}

/** Looks already changed while the change is on its way. */
function TickButton({ done, label }: { readonly done: boolean; readonly label: string }) {
  const { pending } = useFormStatus();
  return (
    <SubmitButton className="tick" role="checkbox" aria-checked={pending ? !done : done} aria-labelledby={label}>
      <CheckIcon />
    </SubmitButton>
  );
}

function RenameForm({
  task,
  before,
  dispatch,
  refused,
  onCancel,
}: Pick<Props, "task" | "before" | "dispatch" | "refused" | "onCancel">) {
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    input.current?.select();
  }, []);

  const cancel = () => {
    onCancel();
    // The link that started it is back after the next paint.
    requestAnimationFrame(() => document.getElementById(`rename-${task.id}`)?.focus());
  };
  const error = refused?.error;
  return (
    <form
      action={dispatch}
      className="rename"
      onKeyDown={(event) => {
        if (event.key === "Escape") cancel();
      }}
    >
      <input type="hidden" name="intent" value="rename" />
      <PageField before={before} />
      <input type="hidden" name="id" value={task.id} />
      <input
        ref={input}
        id={`title-${task.id}`}
        name="title"
        className="input"
        aria-label={`New title for ${task.title}`}
        defaultValue={error === undefined ? task.title : refused?.typed}
        required
        maxLength={LIMITS.title}
        autoComplete="off"
        autoFocus
        aria-invalid={error !== undefined}
        {...(error === undefined ? {} : { "aria-describedby": `problem-${task.id}` })}
      />
      <SubmitButton className="button button-main" pendingLabel="Saving…">
        Save
      </SubmitButton>
      <Link
        className="button button-quiet"
        href={tasksPath({ before })}
        prefetch={false}
        onClick={(event) => {
          event.preventDefault();
          cancel();
        }}
      >
        Cancel
      </Link>
      {error === undefined ? null : (
        <p key={refused?.turn} id={`problem-${task.id}`} className="field-problem" role="alert">
          {error}
        </p>
      )}
    </form>
  );
}
