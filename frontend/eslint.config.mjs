import next from "@next/eslint-plugin-next";
import reactHooks from "eslint-plugin-react-hooks";
import { defineConfig } from "eslint/config";
import tseslint from "typescript-eslint";

export default defineConfig(
  { ignores: [".next/", "node_modules/", "coverage/", "test-results/", "playwright-report/", "next-env.d.ts"] },
  { linterOptions: { reportUnusedDisableDirectives: "error" } },
  ...tseslint.configs.strictTypeChecked,
  ...tseslint.configs.stylisticTypeChecked,
  { languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } } },
  {
    rules: {
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      // Server actions are async functions given to `action={…}`.
      "@typescript-eslint/no-misused-promises": ["error", { checksVoidReturn: { attributes: false } }],
      // `process.env["NAME"]` cannot be replaced by its value at build time, `process.env.NAME` can.
      "@typescript-eslint/dot-notation": "off",
    },
  },
  { files: ["app/**", "lib/**"], ...reactHooks.configs.flat["recommended-latest"] },
  { files: ["app/**", "lib/**"], ...next.configs["core-web-vitals"] },
  {
    files: ["app/**"],
    rules: {
      "no-restricted-syntax": [
        "error",
        {
          selector:
            "JSXOpeningElement[name.name='a'] > JSXAttribute[name.name='href']:not([value.value=/^(#|https?:)/])",
          message: "A plain link to a page loads everything anew, and the conversation is lost: use Link.",
        },
        {
          selector: "MemberExpression[object.name=/^(window|document)$/][property.name='location'], Identifier[name='location']",
          message: "Setting the address loads everything anew, and the conversation is lost: use the router.",
        },
      ],
    },
  },
);
