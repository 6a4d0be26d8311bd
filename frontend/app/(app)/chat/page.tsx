import type { Metadata } from "next";
import { messageFor } from "@/lib/messages";
import { currentUser, signedIn } from "@/lib/server";
import { Problem } from "../../ui/notice";
import { Chat } from "./chat";

export const metadata: Metadata = { title: "Assistant" };

export default async function ChatPage() {
  const user = signedIn("/chat", await currentUser());
  if (!user.ok) {
    return (
      <>
        <h1>Assistant</h1>
        <Problem message={messageFor(user.error)} again="/chat" />
      </>
    );
  }
  return <Chat />;
}
