"use client";

import Link from "next/link";
import { startTransition, useEffect, useRef, useState } from "react";
import { LIMITS, textOf } from "@/lib/validation";
import { SendIcon, SparkIcon } from "../../ui/icons";
import { Notice } from "../../ui/notice";
import { SubmitButton } from "../../ui/submit-button";
import { useConversation } from "./conversation";
import type { ChatMessage } from "./state";

const SUGGESTIONS = ["What is on my list?", "Add “buy milk” to my tasks", "What should I do first?"];

export function Chat() {
  const { state, send, pending } = useConversation();
  const [underway, setUnderway] = useState("");
  const field = useRef<HTMLTextAreaElement>(null);
  const end = useRef<HTMLDivElement>(null);
  const isEmpty = state.messages.length === 0 && !pending;

  useEffect(() => {
    if (state.turn > 0 || pending) end.current?.scrollIntoView({ block: "end" });
  }, [state.turn, pending]);

  // A message that could not be sent comes back, unless there is a new one already.
  useEffect(() => {
    if (state.draft !== undefined && field.current?.value === "") field.current.value = state.draft;
  }, [state]);

  const say = (form: FormData) => {
    setUnderway(textOf(form, "message"));
    if (field.current !== null) field.current.value = "";
    startTransition(() => {
      send(form);
    });
  };

  // After an answer the next question can be typed at once.
  useEffect(() => {
    const focused = document.activeElement;
    const isElsewhere = focused !== null && focused !== document.body && focused.closest(".chat") === null;
    if (state.turn > 0 && !isElsewhere) field.current?.focus();
  }, [state.turn]);

  return (
    <div className="chat">
      <div className="page-head">
        <h1>Assistant</h1>
        <p className="count">It can see and change your tasks</p>
      </div>

      {isEmpty ? (
        <div className="chat-start">
          <SparkIcon />
          <p className="empty-title">What is on your mind?</p>
          <p>Ask about your tasks, or say what should happen to them.</p>
          <ul className="suggestions" aria-label="Suggestions">
            {SUGGESTIONS.map((text) => (
              <li key={text}>
                <form
                  action={send}
                  onSubmit={() => {
                    setUnderway(text);
                  }}
                >
                  <input type="hidden" name="message" value={text} />
                  <SubmitButton className="button">{text}</SubmitButton>
                </form>
              </li>
            ))}
          </ul>
        </div>
      ) : null}

      <ol className="log" role="log" aria-label="Conversation">
        {state.messages.map((message, index) => (
          <Bubble key={index} message={message} />
        ))}
        {pending && underway !== "" ? <Bubble message={{ from: "user", text: underway }} /> : null}
        {pending ? (
          <li className="bubble bubble-assistant bubble-waiting">
            <span className="visually-hidden">The assistant is thinking</span>
            <i />
            <i />
            <i />
          </li>
        ) : null}
      </ol>
      {state.error !== undefined && !pending ? (
        <Notice key={state.turn} tone="error">
          {state.error}
        </Notice>
      ) : null}

      <form
        action={send}
        className="composer"
        onSubmit={(event) => {
          // Sent by hand: React would empty the form again when the answer comes, together with
          // what was typed while waiting for it.
          event.preventDefault();
          if (!pending) say(new FormData(event.currentTarget));
        }}
      >
        <label htmlFor="message" className="visually-hidden">
          Message to the assistant
        </label>
        <textarea
          ref={field}
          id="message"
          name="message"
          className="input"
          rows={1}
          placeholder="Write a message"
          required
          maxLength={LIMITS.message}
          defaultValue={state.draft}
          enterKeyHint="send"
          onKeyDown={(event) => {
            // Enter sends and Shift+Enter breaks the line, but not while an input method is composing.
            if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
            event.preventDefault();
            event.currentTarget.form?.requestSubmit();
          }}
        />
        <SubmitButton className="button button-main button-send" busy={pending} aria-label="Send" title="Send">
          <SendIcon />
        </SubmitButton>
      </form>
      <div ref={end} className="chat-end" />
    </div>
  );
}

function Bubble({ message }: { readonly message: ChatMessage }) {
  return (
    <li className={`bubble bubble-${message.from}`}>
      <span className="visually-hidden">{message.from === "user" ? "You said: " : "Assistant: "}</span>
      {message.text}
      {message.tasksChanged === true ? (
        <span className="bubble-note">
          Your tasks have changed.{" "}
          <Link href="/tasks" prefetch={false}>
            See them
          </Link>
        </span>
      ) : null}
    </li>
  );
}
