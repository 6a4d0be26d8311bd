import { addTask, expect, signUp, test, type Page } from "./app";

const LONG = "Answer Marta’s letter about the summer house and send her the photographs of Pfaffenhofenandderilmhausen";

for (const colorScheme of ["light", "dark"] as const) {
  test.describe(`on a phone, ${colorScheme}`, () => {
    test.use({ colorScheme, viewport: { width: 375, height: 667 } });

    test("nothing is cut off, too small to touch or too faint to read", async ({ page }) => {
      await page.goto("/sign-up");
      await checkPage(page);
      await signUp(page);
      await addTask(page, "Buy bread");
      await addTask(page, LONG);
      await page.getByRole("checkbox").first().click();
      await expect(page.getByText("1 open, 1 done")).toBeVisible();
      await checkPage(page);
      await page.goto("/chat");
      await checkPage(page);
    });
  });
}

async function checkPage(page: Page): Promise<void> {
  const found = await page.evaluate(() => {
    const problems: string[] = [];
    if (document.documentElement.scrollWidth > innerWidth) problems.push("the page scrolls sideways");

    for (const element of document.querySelectorAll<HTMLElement>("button, .button, input:not([type=hidden]), nav a")) {
      const { width, height } = element.getBoundingClientRect();
      if (width < 40 || height < 40) problems.push(`${element.outerHTML.slice(0, 80)} is ${width} by ${height}`);
    }

    // Colours as the browser paints them, so that every notation of CSS is understood.
    const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
    const paint = (colors: string[]) => {
      if (canvas === null) throw new Error("no canvas");
      canvas.clearRect(0, 0, 1, 1);
      for (const color of colors) {
        canvas.fillStyle = color;
        canvas.fillRect(0, 0, 1, 1);
      }
      return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3);
    };
    const luminance = (rgb: number[]) => {
      const [r = 0, g = 0, b = 0] = rgb.map((value) => {
        const part = value / 255;
        return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
      });
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const behind = (element: Element | null): string[] =>
      element === null ? [] : [...behind(element.parentElement), getComputedStyle(element).backgroundColor];

    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
      const element = node.parentElement;
      if (element === null || node.textContent?.trim() === "" || element.closest("script, style, [hidden]") !== null) continue;
      const back = behind(element);
      const light = luminance(paint([...back, getComputedStyle(element).color]));
      const dark = luminance(paint(back));
      const ratio = (Math.max(light, dark) + 0.05) / (Math.min(light, dark) + 0.05);
      if (ratio < 4.5) problems.push(`“${node.textContent?.trim()}” has a contrast of ${ratio.toFixed(2)}`);
    }
    return problems;
  });
  expect(found).toEqual([]);
}
