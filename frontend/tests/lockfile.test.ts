import { readFileSync } from "node:fs";
import { expect, it } from "vitest";

interface Package {
  readonly version?: string;
  readonly resolved?: string;
  readonly integrity?: string;
  readonly libc?: readonly string[];
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const lock = JSON.parse(readFileSync(new URL("../package-lock.json", import.meta.url), "utf8")) as {
  packages: Readonly<Record<string, Package>>;
};
const packages = Object.entries(lock.packages);

it("the lock file names no registry and has a checksum for everything", () => {
  const wrong = packages.filter(([path, { resolved, integrity }]) => path !== "" && (resolved ?? !integrity));
  expect(wrong.map(([path]) => path)).toEqual([]);
});

it("the lock file knows which package is for which C library", () => {
  // Written by npm 10, it would not, and the image would get the packages for both.
  const musl = packages.filter(([path]) => /-linux(-[a-z0-9]+)?-?musl/.test(path));
  expect(musl.length).toBeGreaterThan(0);
  expect(musl.filter(([, { libc }]) => libc === undefined).map(([path]) => path)).toEqual([]);
});

it("the lock file has the packages of every platform", () => {
  // One that a registry does not have is left out without a word, and npm 11 then refuses `npm ci`.
  const missing = packages.flatMap(([, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).filter((name) => !packages.some(([path]) => path.endsWith(`node_modules/${name}`))),
  );
  expect(missing).toEqual([]);
});
