import { describe, expect, it } from "vitest";
import { extended, messagesOf, type ChatMessage } from "@/app/(app)/chat/state";

describe("the conversation that a browser hands back", () => {
  it("keeps what has the right shape", () => {
    const messages = [
      { from: "user", text: "Hello" },
      { from: "assistant", text: "Hi", tasksChanged: true },
    ];
    expect(messagesOf({ turn: 1, messages })).toEqual(messages);
  });

  it.each([[null], [7], [{}], [{ messages: "x" }], [{ messages: [null, 1, {}, { from: "system", text: "x" }] }]])(
    "makes nothing of %j",
    (state) => {
      expect(messagesOf(state)).toEqual([]);
    },
  );

  it("drops fields that do not belong and cuts endless text", () => {
    const [message] = messagesOf({ messages: [{ from: "user", text: "x".repeat(30_000), html: "<b>" }] });
    expect(message).toEqual({ from: "user", text: "x".repeat(20_000) });
  });
});

describe("extended", () => {
  it("adds the question and its answer", () => {
    expect(extended([], "Hello", { reply: "Hi", tasksChanged: true })).toEqual([
      { from: "user", text: "Hello" },
      { from: "assistant", text: "Hi", tasksChanged: true },
    ]);
  });

  it("does not grow for ever", () => {
    let messages: readonly ChatMessage[] = [];
    for (let turn = 0; turn < 50; turn += 1) {
      messages = extended(messages, `question ${turn}`, { reply: `answer ${turn}`, tasksChanged: false });
    }
    expect(messages).toHaveLength(60);
    expect(messages.at(-1)?.text).toBe("answer 49");
  });
});
