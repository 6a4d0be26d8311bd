import { addTask, expect, signIn, signUp, task, test } from "./app";

test("sign up, add a task and see it after a reload", async ({ page }) => {
  await signUp(page);
  await addTask(page, "Water the plants");
  await page.reload();
  await expect(task(page, "Water the plants")).toHaveAttribute("aria-checked", "false");
});

test("toggle, rename and delete survive a reload", async ({ page }) => {
  await signUp(page);
  await addTask(page, "Buy bread");
  await addTask(page, "Call Marta");

  await task(page, "Buy bread").click();
  await expect(page.getByText("1 open, 1 done")).toBeVisible();

  await page.getByRole("link", { name: "Rename Call Marta" }).click();
  await page.getByLabel("New title for Call Marta").fill("Call Marta and Jon");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(task(page, "Call Marta and Jon")).toBeVisible();

  await page.reload();
  await expect(task(page, "Buy bread")).toHaveAttribute("aria-checked", "true");
  await task(page, "Buy bread").click();
  await expect(page.getByText("2 open")).toBeVisible();

  await page.getByRole("button", { name: "Delete Buy bread" }).click();
  await expect(task(page, "Buy bread")).toHaveCount(0);
  await page.reload();
  await expect(page.getByRole("listitem")).toHaveCount(1);
  await expect(task(page, "Call Marta and Jon")).toBeVisible();
});

test("sign out and in again", async ({ page }) => {
  const account = await signUp(page);
  await addTask(page, "Still here tomorrow");

  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page.getByText("You are signed out.")).toBeVisible();
  await page.goto("/tasks");
  await expect(page).toHaveURL(/\/sign-in/);

  await signIn(page, { ...account, password: "not the password" });
  await expect(page.getByText("The e-mail address or the password is wrong.")).toBeVisible();
  await expect(page.getByLabel("E-mail address")).toHaveValue(account.email);
  await signIn(page, account);
  await expect(task(page, "Still here tomorrow")).toBeVisible();
});

test("an address can have one account only", async ({ page, context }) => {
  const account = await signUp(page);
  await context.clearCookies();
  await page.goto("/sign-up");
  await page.getByLabel("E-mail address").fill(account.email);
  await page.getByLabel("Password").fill(account.password);
  await page.getByRole("button", { name: "Create account" }).click();
  await expect(page.getByText("There is already an account with this address.")).toBeVisible();
  await expect(page.getByLabel("E-mail address")).toBeFocused();
});

test("one account does not see the tasks of another", async ({ page, context }) => {
  await signUp(page);
  await addTask(page, "A secret");
  await context.clearCookies();
  await signUp(page);
  await expect(page.getByText("Nothing to do")).toBeVisible();
});

test("a title is text, whatever it looks like", async ({ page }) => {
  await signUp(page);
  const title = `<img src=x onerror="document.title='hacked'"> & “quotes”`;
  await addTask(page, title);
  await page.reload();
  await expect(task(page, title)).toBeVisible();
  await expect(page).toHaveTitle("Tasks · taskflow");
});

test("a long list is read page by page", async ({ page, baseURL }) => {
  test.setTimeout(120_000);
  await signUp(page);
  await addTask(page, "Task 0");
  await page.reload();
  // What the form sends without JavaScript; a hundred clicks would take too long.
  const fields: Record<string, string> = {};
  for (const input of await page.locator("form.add input").all()) {
    const name = await input.getAttribute("name");
    if (name !== null) fields[name] = await input.inputValue();
  }
  for (let number = 1; number <= 100; number += 1) {
    const multipart = { ...fields, title: `Task ${number}` };
    const answer = await page.request.post("/tasks", { multipart, headers: { origin: baseURL ?? "" }, maxRedirects: 0 });
    expect(answer.status()).toBe(303);
  }

  await page.reload();
  await expect(page.getByRole("listitem")).toHaveCount(100);
  await expect(page.getByText("100 open on this page")).toBeVisible();
  await expect(task(page, "Task 100")).toBeVisible();
  await expect(task(page, "Task 0")).toHaveCount(0);

  await page.getByRole("link", { name: "Earlier tasks" }).click();
  await expect(page.getByRole("listitem")).toHaveCount(1);
  await task(page, "Task 0").click();
  await expect(page.getByText("Done on this page")).toBeVisible();
  await page.getByRole("link", { name: "Rename Task 0" }).click();
  await page.getByLabel("New title for Task 0").fill("The first");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(task(page, "The first")).toHaveAttribute("aria-checked", "true");
  await page.reload();
  await expect(task(page, "The first")).toHaveAttribute("aria-checked", "true");

  // What is added on an earlier page is seen where it is.
  await page.getByLabel("New task").fill("The last");
  await page.getByRole("button", { name: "Add" }).click();
  await expect(task(page, "The last")).toBeVisible();
  await expect(page.getByText("Task added.")).toBeVisible();
  await expect(page.getByRole("listitem")).toHaveCount(100);
  await page.goBack();
  await page.getByRole("link", { name: "Newest tasks" }).click();
  await expect(task(page, "The last")).toBeVisible();

  await page.goto("/tasks?before=nonsense");
  await expect(page.getByText("There is no such page of your tasks.")).toBeVisible();
  await page.getByRole("link", { name: "Try again" }).click();
  await expect(task(page, "The last")).toBeVisible();
});
