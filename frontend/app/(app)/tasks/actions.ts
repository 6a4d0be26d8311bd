"use server";

import { revalidatePath } from "next/cache";
import { redirect } from "next/navigation";
import type { Api } from "@/lib/api";
import { messageFor } from "@/lib/messages";
import { change, postedWithoutScript } from "@/lib/server";
import { nextTurn } from "@/lib/turn";
import { checkTitle, textOf } from "@/lib/validation";
import { tasksPath } from "./path";
import type { Intent, TaskState } from "./state";

/** Every change of the task page: the forms differ only in their `intent`. */
export async function changeTasks(previous: TaskState, form: FormData): Promise<TaskState> {
  const turn = nextTurn(previous);
  const id = textOf(form, "id");
  const title = textOf(form, "title");
  const intent = textOf(form, "intent");

  const plan = planFor(intent, id, title, form.get("done") === "true");
  if (plan === undefined) return { turn, error: "This page is out of date. Please reload it." };

  const news = { turn, intent: plan.intent, id };
  if (plan.refusal !== undefined) return { ...news, error: plan.refusal, typed: title };

  const outcome = await change("/tasks", plan.call);
  // Read the list again if it has changed, or if the page shows a task that is gone. With a backend in
  // trouble, the page and what was typed stay as they are.
  if (outcome.ok || outcome.error.kind === "not-found") revalidatePath("/tasks");
  if (!outcome.ok) return { ...news, error: outcome.error.fields["title"] ?? messageFor(outcome.error), typed: title };

  const before = textOf(form, "before") || undefined;
  // A new task is on the newest page, so that is the page to see it on.
  if (plan.intent === "add" && before !== undefined) redirect(tasksPath({ done: "add" }));
  // A browser without JavaScript gets a fresh page, so that reloading it does not repeat the change.
  if (await postedWithoutScript()) redirect(tasksPath({ before, done: plan.intent }));
  return { ...news, status: plan.status };
}

interface Plan {
  readonly intent: Intent;
  readonly refusal?: string | undefined;
  readonly call: (api: Api) => Promise<unknown>;
  readonly status: string;
}

function planFor(intent: string, id: string, title: string, done: boolean): Plan | undefined {
  if (intent === "add") {
    return { intent, refusal: checkTitle(title), call: (api) => api.addTask(title), status: `Added “${title}”.` };
  }
  if (id === "") return undefined;
  switch (intent) {
    case "toggle":
      return { intent, call: (api) => api.changeTask(id, { done }), status: done ? "Marked as done." : "Marked as open." };
    case "rename":
      return {
        intent,
        refusal: checkTitle(title),
        call: (api) => api.changeTask(id, { title }),
        status: `Renamed to “${title}”.`,
      };
    case "delete":
      return { intent, call: (api) => api.deleteTask(id), status: "Task deleted." };
    default:
      return undefined;
  }
}
