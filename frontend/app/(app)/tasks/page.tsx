import type { Metadata } from "next";
import { messageFor } from "@/lib/messages";
import type { PageWithQuery } from "@/lib/page-props";
import { load } from "@/lib/server";
import { Problem } from "../../ui/notice";
import { tasksPath } from "./path";
import { DONE_MESSAGES } from "./state";
import { TaskBoard } from "./task-board";

export const metadata: Metadata = { title: "Tasks" };

export default async function TasksPage({ searchParams }: PageWithQuery) {
  const query = await searchParams;
  const { edit, done } = query;
  const before = typeof query["before"] === "string" ? query["before"] : undefined;
  const page = await load("/tasks", (api) => api.tasks(before));
  if (!page.ok) {
    // A place that the backend does not know leads nowhere, however often it is tried.
    const isPlaceWrong = page.error.kind === "invalid";
    const message = isPlaceWrong ? "There is no such page of your tasks." : messageFor(page.error);
    return (
      <>
        <h1>Tasks</h1>
        <Problem message={message} again={tasksPath({ before: isPlaceWrong ? undefined : before })} />
      </>
    );
  }
  const news = Object.entries(DONE_MESSAGES).find(([intent]) => intent === done)?.[1];
  return (
    <TaskBoard
      key={before}
      page={page.value}
      before={before}
      {...(typeof edit === "string" ? { edit } : {})}
      {...(news === undefined ? {} : { news })}
    />
  );
}
