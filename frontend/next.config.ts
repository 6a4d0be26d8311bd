import type { NextConfig } from "next";

const development = process.env.NODE_ENV === "development";

// Next puts small inline scripts into each page, hence 'unsafe-inline'; nothing may come from,
// or be sent to, another origin. The development server also needs eval.
const contentSecurityPolicy = [
  "default-src 'self'",
  `script-src 'self' 'unsafe-inline'${development ? " 'unsafe-eval'" : ""}`,
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join("; ");

const config: NextConfig = {
  output: "standalone",
  // The repository around this folder is not a JavaScript workspace: do not look for one.
  outputFileTracingRoot: import.meta.dirname,
  turbopack: { root: import.meta.dirname },

  // No image is optimised at run time, so neither sharp nor the font metrics belong in the output.
  images: { unoptimized: true },
  outputFileTracingExcludes: {
    "**/*": [
      "node_modules/sharp/**",
      "node_modules/@img/**",
      "node_modules/@emnapi/**",
      "node_modules/detect-libc/**",
      "node_modules/next/dist/server/capsize-font-metrics.json",
    ],
  },

  // `npm run typecheck` is a step of its own, so that an image build does not pay for it again.
  typescript: { ignoreBuildErrors: true },

  poweredByHeader: false,
  headers: () =>
    Promise.resolve([
      {
        source: "/:path*",
        headers: [
          { key: "Content-Security-Policy", value: contentSecurityPolicy },
          { key: "X-Content-Type-Options", value: "nosniff" },
          // Not "no-referrer": with it browsers send `Origin: null` when a form is posted
          // without JavaScript, and the origin check of server actions would refuse the post.
          { key: "Referrer-Policy", value: "same-origin" },
          { key: "Permissions-Policy", value: "camera=(), geolocation=(), microphone=()" },
        ],
      },
    ]),
};

export default config;
