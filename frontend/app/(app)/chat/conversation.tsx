"use client";

import { createContext, useActionState, useContext, type ReactNode } from "react";
import { sendMessage } from "./actions";
import { SILENCE, type ChatState } from "./state";

interface Conversation {
  readonly state: ChatState;
  readonly send: (form: FormData) => void;
  readonly pending: boolean;
}

const Context = createContext<Conversation | undefined>(undefined);

/** Keeps the conversation while one goes from page to page. It ends with the session or a reload. */
export function ConversationProvider({ children }: { readonly children: ReactNode }) {
  const [state, send, pending] = useActionState(sendMessage, SILENCE);
  return <Context value={{ state, send, pending }}>{children}</Context>;
}

export function useConversation(): Conversation {
  const conversation = useContext(Context);
  if (conversation === undefined) throw new Error("useConversation needs a ConversationProvider around it");
  return conversation;
}
