import type { Metadata } from "next";
import { messageFor } from "@/lib/messages";
import type { PageWithQuery } from "@/lib/page-props";
import { load } from "@/lib/server";
import { Problem } from "../../ui/notice";
import { DONE_MESSAGES } from "./state";
import { TaskBoard } from "./task-board";

export const metadata: Metadata = { title: "Tasks" };

export default async function TasksPage({ searchParams }: PageWithQuery) {
  const { edit, done } = await searchParams;
  const tasks = await load("/tasks", (api) => api.tasks());
  if (!tasks.ok) {
    return (
      <>
        <h1>Tasks</h1>
        <Problem message={messageFor(tasks.error)} again="/tasks" />
      </>
    );
  }
  const news = Object.entries(DONE_MESSAGES).find(([intent]) => intent === done)?.[1];
  return (
    <TaskBoard
      tasks={tasks.value}
      {...(typeof edit === "string" ? { edit } : {})}
      {...(news === undefined ? {} : { news })}
    />
  );
}
