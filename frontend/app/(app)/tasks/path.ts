interface Place {
  /** Where the page of the list ends; without it, at the newest task. */
  readonly before?: string | undefined;
  /** The task being renamed, for a browser without JavaScript. */
  readonly edit?: string | undefined;
  /** The change that was made, for a browser without JavaScript. */
  readonly done?: string | undefined;
}

/** The address of a page of the task list. */
export function tasksPath({ before, edit, done }: Place): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries({ before, edit, done })) {
    if (value !== undefined) query.set(name, value);
  }
  return query.size === 0 ? "/tasks" : `/tasks?${query.toString()}`;
}
