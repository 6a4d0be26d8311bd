import { redirect } from "next/navigation";
import { sessionToken } from "@/lib/server";

export default async function Home() {
  redirect((await sessionToken()) === undefined ? "/sign-in" : "/tasks");
}
