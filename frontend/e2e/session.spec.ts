import { addTask, expect, newAccount, signIn, signUp, task, test } from "./app";

test("the token is out of reach for scripts", async ({ page, context, baseURL }) => {
  await signUp(page);
  const cookies = await context.cookies();
  expect(cookies.map(({ name }) => name)).toEqual(["taskflow_session"]);
  expect(cookies[0]).toMatchObject({
    httpOnly: true,
    sameSite: "Lax",
    path: "/",
    secure: new URL(baseURL ?? "").protocol === "https:",
  });
  const readable = await page.evaluate(
    () => document.cookie + JSON.stringify(localStorage) + JSON.stringify(sessionStorage),
  );
  expect(readable).not.toContain(cookies[0]?.value);
  expect(await page.content()).not.toContain(cookies[0]?.value);
});

test("a token that the backend does not accept leads to the sign-in page and back", async ({ page, context, baseURL }) => {
  const account = await signUp(page);
  const forge = () => context.addCookies([{ name: "taskflow_session", value: "forged", url: baseURL ?? "", httpOnly: true }]);

  await forge();
  await page.goto("/chat");
  await expect(page.getByText("Your session has ended.")).toBeVisible();
  await signIn(page, account);
  await expect(page.getByRole("heading", { name: "Assistant" })).toBeVisible();

  // The same in the middle of a change.
  await page.goto("/tasks");
  await forge();
  await page.getByLabel("New task").fill("Too late");
  await page.getByRole("button", { name: "Add" }).click();
  await expect(page.getByText("Your session has ended.")).toBeVisible();
  expect(await context.cookies()).toEqual([]);
});

test("without a session the pages lead to the sign-in page", async ({ page }) => {
  for (const path of ["/", "/tasks", "/chat"]) {
    await page.goto(path);
    await expect(page.getByRole("heading", { name: "Welcome back" })).toBeVisible();
  }
});

test("a form posted from another site is refused", async ({ page, request }) => {
  await page.goto("/sign-in");
  const fields: Record<string, string> = {};
  for (const input of await page.locator("form input").all()) {
    const name = await input.getAttribute("name");
    if (name !== null) fields[name] = await input.inputValue();
  }
  const answer = await request.post("/sign-in", {
    multipart: { ...fields, email: "a@example.org", password: "whatever it is" },
    headers: { origin: "https://elsewhere.example" },
    maxRedirects: 0,
  });
  expect(answer.status()).toBe(500);
  expect(answer.headers()["set-cookie"]).toBeUndefined();
});

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false });

  test("accounts and tasks work", async ({ page }) => {
    const account = newAccount();
    await signUp(page, account);
    await addTask(page, "On paper");
    await page.reload();
    await expect(page.getByRole("listitem")).toHaveCount(1);

    await task(page, "On paper").click();
    await expect(task(page, "On paper")).toHaveAttribute("aria-checked", "true");
    await page.getByRole("link", { name: "Rename On paper" }).click();
    await page.getByLabel("New title for On paper").fill("In ink");
    await page.getByRole("button", { name: "Save" }).click();
    await expect(task(page, "In ink")).toBeVisible();
    await page.getByRole("button", { name: "Delete In ink" }).click();
    await expect(page.getByText("Nothing to do")).toBeVisible();

    await page.getByRole("button", { name: "Sign out" }).click();
    await signIn(page, { ...account, password: "not the password" });
    await expect(page.getByText("The e-mail address or the password is wrong.")).toBeVisible();
    await signIn(page, account);
    await expect(page.getByRole("heading", { name: "Tasks", level: 1 })).toBeVisible();
  });
});
