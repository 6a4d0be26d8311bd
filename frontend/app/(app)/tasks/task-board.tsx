"use client";

import Link from "next/link";
import { useActionState, useEffect, useRef, useState } from "react";
import type { TaskPage } from "@/lib/api";
import { LIMITS } from "@/lib/validation";
import { WarningIcon } from "../../ui/icons";
import { SubmitButton } from "../../ui/submit-button";
import { changeTasks } from "./actions";
import { tasksPath } from "./path";
import { IDLE } from "./state";
import { TaskRow } from "./task-row";

interface Props {
  readonly page: TaskPage;
  /** The place where the page ends, from the address; without it, at the newest task. */
  readonly before: string | undefined;
  /** The task being renamed, from the address: the way to rename without JavaScript. */
  readonly edit?: string;
  /** What just happened, from the address: the news of a change without JavaScript. */
  readonly news?: string;
}

export function TaskBoard({ page, before, edit, news }: Props) {
  const { tasks, earlier } = page;
  const [state, dispatch] = useActionState(changeTasks, IDLE);
  // Renaming ends by itself once a rename that came after its start has succeeded.
  const [editing, setEditing] = useState<{ id: string | undefined; since: number }>({ id: edit, since: 0 });
  const renamed = state.intent === "rename" && state.error === undefined && state.turn > editing.since;
  const editingId = renamed ? undefined : editing.id;

  const newTitle = useRef<HTMLInputElement>(null);
  const afterDelete = useRef<string>(undefined);
  const edited = (id: string | undefined) => {
    setEditing({ id, since: state.turn });
  };

  // Where the keyboard goes on after a change. Toggling keeps its button, and so the focus.
  useEffect(() => {
    switch (state.intent) {
      case "add":
        newTitle.current?.focus();
        break;
      case "rename":
        focusOn(state.error === undefined ? `rename-${state.id}` : `title-${state.id}`);
        break;
      case "delete":
        if (state.error === undefined && isFocusLost(state.id)) {
          if (!focusOn(`delete-${afterDelete.current}`)) newTitle.current?.focus();
        }
        break;
    }
  }, [state]);

  const open = tasks.filter((task) => !task.done).length;
  const errorAtAdd = state.intent === "add" ? state.error : undefined;
  const errorElsewhere = errorAtAdd === undefined && state.intent !== "rename" ? state.error : undefined;

  return (
    <>
      <div className="page-head">
        <h1>Tasks</h1>
        <p className="count">
          {countOf(open, tasks.length)}
          {earlier === undefined && before === undefined ? "" : " on this page"}
        </p>
      </div>

      <form action={dispatch} className="add">
        <input type="hidden" name="intent" value="add" />
        {before === undefined ? null : <input type="hidden" name="before" value={before} />}
        <label htmlFor="new-title" className="visually-hidden">
          New task
        </label>
        <input
          ref={newTitle}
          id="new-title"
          name="title"
          className="input"
          placeholder="What needs doing?"
          autoComplete="off"
          enterKeyHint="done"
          required
          maxLength={LIMITS.title}
          defaultValue={errorAtAdd === undefined ? "" : state.typed}
          aria-invalid={errorAtAdd !== undefined}
          {...(errorAtAdd === undefined ? {} : { "aria-describedby": "board-error" })}
        />
        <SubmitButton className="button button-main" pendingLabel="Adding…">
          Add
        </SubmitButton>
      </form>

      <div role="alert">
        {state.error !== undefined && (errorAtAdd ?? errorElsewhere) !== undefined ? (
          <div key={state.turn} className="notice notice-error" id="board-error">
            <WarningIcon />
            <p>{state.error}</p>
          </div>
        ) : null}
      </div>
      <p role="status" className={state.turn === 0 && news !== undefined ? "notice notice-info" : "visually-hidden"}>
        <span key={state.turn}>{state.turn === 0 ? news : state.status}</span>
      </p>

      {earlier === undefined ? null : (
        <p className="pages">
          <Link className="button button-quiet" href={tasksPath({ before: earlier })} prefetch={false}>
            Earlier tasks
          </Link>
        </p>
      )}
      {tasks.length === 0 ? (
        <div className="empty">
          <p className="empty-title">Nothing to do</p>
          <p>Write down the first thing above, or ask the assistant to plan with you.</p>
        </div>
      ) : (
        <ul className="card tasks" aria-label="Your tasks">
          {tasks.map((task, index) => (
            <TaskRow
              key={task.id}
              task={task}
              before={before}
              dispatch={dispatch}
              editing={task.id === editingId}
              refused={state.intent === "rename" && state.id === task.id ? state : undefined}
              onEdit={() => {
                edited(task.id);
              }}
              onCancel={() => {
                edited(undefined);
              }}
              onDelete={() => {
                afterDelete.current = (tasks[index + 1] ?? tasks[index - 1])?.id;
              }}
            />
          ))}
        </ul>
      )}
      {before === undefined ? null : (
        <p className="pages">
          <Link className="button button-quiet" href="/tasks" prefetch={false}>
            Newest tasks
          </Link>
        </p>
      )}
    </>
  );
}

function countOf(open: number, all: number): string {
  if (all === 0) return "A clear day";
  if (open === 0) return all === 1 ? "Done" : `All ${all} done`;
  return `${open} open${open === all ? "" : `, ${all - open} done`}`;
}

function focusOn(id: string): boolean {
  const element = document.getElementById(id);
  element?.focus();
  return element !== null;
}

/** True when the focus went away with the deleted row; false when the person is busy elsewhere by now. */
function isFocusLost(deletedId: string | undefined): boolean {
  const focused = document.activeElement;
  return focused === null || focused === document.body || focused.id === `delete-${deletedId}`;
}
