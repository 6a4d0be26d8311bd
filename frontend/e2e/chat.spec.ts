import { addTask, expect, signUp, test } from "./app";

test("the assistant answers", { tag: "@chat" }, async ({ page }) => {
  await signUp(page);
  await page.getByRole("link", { name: "Assistant" }).click();
  const answers = page.getByRole("log").getByRole("listitem").filter({ hasText: "Assistant: " });

  await page.getByLabel("Message to the assistant").fill("What is on my list?");
  await page.keyboard.press("Enter");
  await expect(answers).toHaveCount(1, { timeout: 25_000 });
  await expect(answers.first()).toHaveText(/Assistant: .*\S/);
  await expect(page.getByLabel("Message to the assistant")).toBeFocused();

  // The conversation is still there after a look at the tasks, whichever way leads to them.
  for (const name of ["Tasks", "taskflow"]) {
    await page.getByRole("link", { name, exact: true }).click();
    await expect(page.getByRole("heading", { name: "Tasks", level: 1 })).toBeVisible();
    await page.getByRole("link", { name: "Assistant" }).click();
    await expect(answers).toHaveCount(1);
  }

  // And after a change of the tasks, which reads them again.
  await page.getByRole("link", { name: "taskflow", exact: true }).click();
  await addTask(page, "Buy bread");
  await page.getByRole("link", { name: "Rename Buy bread" }).click();
  await page.getByRole("link", { name: "Cancel" }).click();
  await page.getByRole("link", { name: "Assistant" }).click();
  await expect(answers).toHaveCount(1);
});

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false });

  test("the assistant answers", { tag: "@chat" }, async ({ page }) => {
    await signUp(page);
    await page.getByRole("link", { name: "Assistant" }).click();
    for (const count of [1, 2]) {
      await page.getByLabel("Message to the assistant").fill("What is on my list?");
      await page.getByRole("button", { name: "Send" }).click();
      await expect(page.getByRole("listitem").filter({ hasText: "Assistant: " })).toHaveCount(count, { timeout: 25_000 });
    }
  });
});
