import { expect, signUp, test } from "./app";

test("the assistant answers", { tag: "@chat" }, async ({ page }) => {
  await signUp(page);
  await page.getByRole("link", { name: "Assistant" }).click();
  const answers = page.getByRole("log").getByRole("listitem").filter({ hasText: "Assistant: " });

  await page.getByLabel("Message to the assistant").fill("What is on my list?");
  await page.keyboard.press("Enter");
  await expect(answers).toHaveCount(1, { timeout: 25_000 });
  await expect(answers.first()).toHaveText(/Assistant: .*\S/);
  await expect(page.getByLabel("Message to the assistant")).toBeFocused();

  // The conversation is still there after a look at the tasks.
  await page.getByRole("link", { name: "Tasks", exact: true }).click();
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
