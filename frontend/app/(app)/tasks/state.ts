export type Intent = "add" | "toggle" | "rename" | "delete";

/** What became of the last change on the task page. */
export interface TaskState {
  /** Counts the changes, so that the same news twice is still news. */
  readonly turn: number;
  readonly intent?: Intent;
  /** The task it was about. */
  readonly id?: string;
  readonly status?: string;
  readonly error?: string;
  /** The title as typed, kept when it was refused. */
  readonly typed?: string;
}

export const IDLE: TaskState = { turn: 0 };

/** What the page says after a change without JavaScript, by the value of `?done=`. */
export const DONE_MESSAGES: Readonly<Record<Intent, string>> = {
  add: "Task added.",
  toggle: "Task changed.",
  rename: "Task renamed.",
  delete: "Task deleted.",
};
