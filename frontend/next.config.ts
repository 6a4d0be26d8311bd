import type { NextConfig } from "next";

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
  // The Content-Security-Policy is in proxy.ts: it differs from request to request.
  headers: () =>
    Promise.resolve([
      {
        source: "/:path*",
        headers: [
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
