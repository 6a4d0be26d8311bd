import Link from "next/link";
import type { ReactNode } from "react";
import { currentUser } from "@/lib/server";
import { Logo } from "../ui/icons";
import { SubmitButton } from "../ui/submit-button";
import { signOut } from "./actions";
import { ConversationProvider } from "./chat/conversation";
import { MainNav } from "./main-nav";

export default async function AppLayout({ children }: { readonly children: ReactNode }) {
  // Only for the greeting: the pages themselves decide what a missing session or backend means.
  const user = await currentUser();
  return (
    <ConversationProvider>
      <header className="app-head">
        <div className="app-head-row">
          <Link className="brand" href="/tasks" prefetch={false}>
            <Logo />
            <span className="brand-name">taskflow</span>
          </Link>
          <MainNav />
          <form action={signOut} className="sign-out">
            {user?.ok === true ? <span className="who">{user.value.name || user.value.email}</span> : null}
            <SubmitButton className="button button-quiet">Sign out</SubmitButton>
          </form>
        </div>
      </header>
      <main id="main" tabIndex={-1} className="app-main">
        {children}
      </main>
    </ConversationProvider>
  );
}
