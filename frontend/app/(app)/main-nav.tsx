"use client";

import Link from "next/link";
import { usePathname } from "next/navigation";

const PAGES = [
  { href: "/tasks", label: "Tasks" },
  { href: "/chat", label: "Assistant" },
] as const;

export function MainNav() {
  const path = usePathname();
  return (
    <nav className="main-nav" aria-label="Main">
      {PAGES.map(({ href, label }) => (
        <Link key={href} href={href} prefetch={false} aria-current={path === href ? "page" : undefined}>
          {label}
        </Link>
      ))}
    </nav>
  );
}
