import { expect, signUp, test } from "./app";

test("every script of every page has the nonce of its own request", async ({ page }) => {
  await signUp(page);
  const nonces = new Set<string>();
  for (const path of ["/tasks", "/chat", "/sign-in?reason=expired", "/sign-up", "/nowhere"]) {
    const answer = await page.request.get(path);
    const policy = answer.headers()["content-security-policy"] ?? "";
    expect(policy).not.toContain("unsafe");
    const nonce = /script-src [^;]*'nonce-([^']+)'/.exec(policy)?.[1] ?? "";
    nonces.add(nonce);
    const scripts = (await answer.text()).match(/<script\b[^>]*>/g) ?? [];
    expect(scripts.length).toBeGreaterThan(1);
    expect(scripts.filter((script) => !script.includes(`nonce="${nonce}"`))).toEqual([]);
  }
  expect(nonces.size).toBe(5);
  expect(nonces).not.toContain("");
});

test("a script that got into a page does not run", async ({ page }) => {
  const injected = `<script>document.title = "hacked"</script><img src="x:" onerror="document.title = 'hacked'">`;
  await page.route("**/sign-in", async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, body: (await answer.text()).replace("<body>", `<body>${injected}`) });
  });
  const refused: string[] = [];
  page.removeAllListeners("console");
  page.on("console", (message) => refused.push(message.text()));
  await page.goto("/sign-in");
  await expect(page.getByRole("button", { name: "Sign in" })).toBeVisible();
  await expect.poll(() => refused.filter((text) => /inline (script|event handler)/i.test(text)).length).toBe(2);
  await expect(page).toHaveTitle("Sign in · taskflow");
});
