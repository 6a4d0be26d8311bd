import { randomUUID } from "node:crypto";
import { expect, test as base, type Page } from "@playwright/test";

export interface Account {
  readonly name: string;
  readonly email: string;
  readonly password: string;
}

export function newAccount(): Account {
  return { name: "Ada Lovelace", email: `e2e-${randomUUID()}@example.org`, password: `pw-${randomUUID()}` };
}

/** Each test also fails if its page asks another origin for anything, or runs into an error of its own. */
export const test = base.extend<{ quiet: undefined }>({
  quiet: [
    async ({ page, baseURL }, use) => {
      const strangers: string[] = [];
      const errors: string[] = [];
      page.on("request", (request) => {
        const url = new URL(request.url());
        if (/^(https?|wss?):$/.test(url.protocol) && url.host !== new URL(baseURL ?? "").host) strangers.push(url.href);
      });
      page.on("pageerror", (error) => errors.push(error.message));
      page.on("console", (message) => {
        if (message.type() === "error") errors.push(message.text());
      });
      await use(undefined);
      expect(strangers, "requests to other origins").toEqual([]);
      expect(errors, "errors in the browser").toEqual([]);
    },
    { auto: true },
  ],
});

export async function signUp(page: Page, account = newAccount()): Promise<Account> {
  await page.goto("/sign-up");
  await page.getByLabel("Name").fill(account.name);
  await page.getByLabel("E-mail address").fill(account.email);
  await page.getByLabel("Password").fill(account.password);
  await page.getByRole("button", { name: "Create account" }).click();
  await expect(page.getByRole("heading", { name: "Tasks", level: 1 })).toBeVisible();
  return account;
}

export async function signIn(page: Page, account: Account): Promise<void> {
  await page.getByLabel("E-mail address").fill(account.email);
  await page.getByLabel("Password").fill(account.password);
  await page.getByRole("button", { name: "Sign in" }).click();
}

export async function addTask(page: Page, title: string): Promise<void> {
  await page.getByLabel("New task").fill(title);
  await page.getByRole("button", { name: "Add" }).click();
  await expect(task(page, title)).toBeVisible();
}

export function task(page: Page, title: string) {
  return page.getByRole("checkbox", { name: title, exact: true });
}

export { expect, type Page };
