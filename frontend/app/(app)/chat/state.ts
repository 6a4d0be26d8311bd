import { isRecord } from "@/lib/api-error";
import { LIMITS } from "@/lib/validation";

export interface ChatMessage {
  readonly from: "user" | "assistant";
  readonly text: string;
  /** Set on an answer that came with a change of the task list. */
  readonly tasksChanged?: true;
}

export interface ChatState {
  readonly turn: number;
  readonly messages: readonly ChatMessage[];
  readonly error?: string;
  /** The message that could not be sent, to try again. */
  readonly draft?: string;
}

export const SILENCE: ChatState = { turn: 0, messages: [] };

const MOST_MESSAGES = 60;
const LONGEST_TEXT = 20_000;

/**
 * The conversation as the browser hands it back with each message. It is only ever shown to the same
 * browser, but it can hold anything: keep what has the right shape.
 */
export function messagesOf(state: unknown): readonly ChatMessage[] {
  const messages = isRecord(state) && Array.isArray(state["messages"]) ? (state["messages"] as unknown[]) : [];
  return messages.flatMap((message): ChatMessage[] => {
    if (!isRecord(message)) return [];
    const { from, text, tasksChanged } = message;
    if ((from !== "user" && from !== "assistant") || typeof text !== "string") return [];
    return [{ from, text: text.slice(0, LONGEST_TEXT), ...(tasksChanged === true ? { tasksChanged } : {}) }];
  });
}

/** The conversation with one more question and its answer; the oldest messages fall off. */
export function extended(
  messages: readonly ChatMessage[],
  question: string,
  answer: { readonly reply: string; readonly tasksChanged: boolean },
): readonly ChatMessage[] {
  const reply: ChatMessage = {
    from: "assistant",
    text: answer.reply.slice(0, LONGEST_TEXT),
    ...(answer.tasksChanged ? { tasksChanged: true } : {}),
  };
  return [...messages, { from: "user" as const, text: question.slice(0, LIMITS.message) }, reply].slice(-MOST_MESSAGES);
}
