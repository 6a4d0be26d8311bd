import { expect, newAccount, signUp, task, test } from "./app";

test("everything can be done with the keyboard alone", async ({ page }) => {
  const account = newAccount();
  const { keyboard } = page;
  await page.goto("/sign-up");

  await keyboard.press("Tab");
  await expect(page.getByRole("link", { name: "Skip to the content" })).toBeFocused();
  await keyboard.press("Enter");
  await keyboard.press("Tab");
  await keyboard.type(account.name);
  await keyboard.press("Tab");
  await keyboard.type(account.email);
  await keyboard.press("Tab");
  await keyboard.type(account.password);
  await keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "Tasks", level: 1 })).toBeVisible();

  // Past the skip link, the brand, the two pages and the sign-out button, by way of the skip link.
  await page.reload();
  await keyboard.press("Tab");
  await keyboard.press("Enter");
  await keyboard.press("Tab");
  await expect(page.getByLabel("New task")).toBeFocused();
  for (const title of ["One", "Two", "Three"]) {
    await keyboard.type(title);
    await keyboard.press("Enter");
    await expect(task(page, title)).toBeVisible();
    await expect(page.getByLabel("New task")).toBeFocused();
    await expect(page.getByLabel("New task")).toHaveValue("");
  }
  await expect(page.getByRole("status")).toHaveText("Added “Three”.");

  // The add button, then the first task.
  await keyboard.press("Tab");
  await keyboard.press("Tab");
  await expect(task(page, "One")).toBeFocused();
  await keyboard.press("Space");
  await expect(page.getByText("2 open, 1 done")).toBeVisible();
  await expect(task(page, "One")).toBeFocused();

  await keyboard.press("Tab");
  await keyboard.press("Enter");
  await expect(page.getByLabel("New title for One")).toBeFocused();
  await keyboard.press("Escape");
  await expect(page.getByRole("link", { name: "Rename One" })).toBeFocused();
  await keyboard.press("Enter");
  await keyboard.press("End");
  await keyboard.type(" and a half");
  await keyboard.press("Enter");
  await expect(page.getByRole("link", { name: "Rename One and a half" })).toBeFocused();

  // Deleting moves on to the neighbour, and from the last one to the field for a new task.
  await keyboard.press("Tab");
  await expect(page.getByRole("button", { name: "Delete One and a half" })).toBeFocused();
  await keyboard.press("Enter");
  await expect(page.getByRole("button", { name: "Delete Two" })).toBeFocused();
  await keyboard.press("Enter");
  await expect(page.getByRole("button", { name: "Delete Three" })).toBeFocused();
  await keyboard.press("Enter");
  await expect(page.getByLabel("New task")).toBeFocused();
  await expect(page.getByText("Nothing to do")).toBeVisible();
});

test("what has the focus shows it", async ({ page }) => {
  await signUp(page);
  // From the top of the page: skip link, brand, two pages, sign out, new task, add.
  await page.reload();
  for (let press = 0; press < 7; press += 1) {
    await page.keyboard.press("Tab");
    const outline = await page.evaluate(() => {
      const focused = document.activeElement;
      if (focused === null || focused === document.body) return "nothing has the focus";
      const style = getComputedStyle(focused);
      return style.outlineStyle === "solid" ? Number.parseFloat(style.outlineWidth) : style.outlineStyle;
    });
    expect(outline).toBeGreaterThanOrEqual(2);
  }
});
