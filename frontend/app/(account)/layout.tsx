import type { ReactNode } from "react";
import { Logo } from "../ui/icons";

export default function AccountLayout({ children }: { readonly children: ReactNode }) {
  return (
    <div className="account">
      <header className="account-head">
        <Logo />
        <span className="brand-name">taskflow</span>
      </header>
      <main id="main" tabIndex={-1} className="card account-card">
        {children}
      </main>
      <p className="account-foot">A calm place for the things you have to do.</p>
    </div>
  );
}
