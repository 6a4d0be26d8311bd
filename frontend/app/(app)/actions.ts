"use server";

import { redirect } from "next/navigation";
import { endSession } from "@/lib/server";

export async function signOut(): Promise<void> {
  await endSession();
  redirect("/sign-in?reason=signed-out");
}
