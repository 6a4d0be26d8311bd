"use server";

import { revalidatePath } from "next/cache";
import { messageFor } from "@/lib/messages";
import { change } from "@/lib/server";
import { nextTurn } from "@/lib/turn";
import { checkMessage, textOf } from "@/lib/validation";
import { extended, messagesOf, type ChatState } from "./state";

export async function sendMessage(previous: ChatState, form: FormData): Promise<ChatState> {
  const message = textOf(form, "message");
  const messages = messagesOf(previous);
  const turn = nextTurn(previous);

  const refusal = checkMessage(message);
  if (refusal !== undefined) return { turn, messages, error: refusal, draft: message };

  const outcome = await change("/chat", (api) => api.chat(message));
  if (!outcome.ok) {
    const error =
      outcome.error.kind === "unavailable"
        ? "The assistant can’t answer right now. Please try again in a moment."
        : (outcome.error.fields["message"] ?? messageFor(outcome.error));
    return { turn, messages, error, draft: message };
  }
  if (outcome.value.tasksChanged) revalidatePath("/tasks");
  return { turn, messages: extended(messages, message, outcome.value) };
}
