import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { sessionToken } from "@/lib/server";
import type { PageWithQuery } from "@/lib/page-props";
import { pageAfterSignIn } from "@/lib/validation";
import { Notice } from "../../ui/notice";
import { AccountForm } from "../account-form";
import { signIn } from "../actions";

export const metadata: Metadata = { title: "Sign in" };

const REASONS = new Map([
  ["expired", "Your session has ended. Please sign in again."],
  ["signed-out", "You are signed out."],
]);

export default async function SignInPage({ searchParams }: PageWithQuery) {
  const { next, reason } = await searchParams;
  const page = pageAfterSignIn(next);
  // A page that the backend refused sends its visitor here with the old cookie still set. Sending
  // them back would go round in circles.
  if (reason === undefined && (await sessionToken()) !== undefined) redirect(page);

  const notice = typeof reason === "string" ? REASONS.get(reason) : undefined;
  return (
    <>
      <h1>Welcome back</h1>
      {notice === undefined ? null : <Notice tone="info">{notice}</Notice>}
      <AccountForm purpose="sign-in" action={signIn} next={page} />
    </>
  );
}
