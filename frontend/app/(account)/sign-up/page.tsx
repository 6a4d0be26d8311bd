import type { Metadata } from "next";
import type { PageWithQuery } from "@/lib/page-props";
import { pageAfterSignIn } from "@/lib/validation";
import { AccountForm } from "../account-form";
import { signUp } from "../actions";

export const metadata: Metadata = { title: "Create an account" };

export default async function SignUpPage({ searchParams }: PageWithQuery) {
  const { next } = await searchParams;
  return (
    <>
      <h1>Create your account</h1>
      <AccountForm purpose="sign-up" action={signUp} next={pageAfterSignIn(next)} />
    </>
  );
}
