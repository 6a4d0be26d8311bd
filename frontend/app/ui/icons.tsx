import type { ReactNode } from "react";

function Icon({ children }: { readonly children: ReactNode }) {
  return (
    <svg className="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      {children}
    </svg>
  );
}

export const CheckIcon = () => (
  <Icon>
    <path d="m5.5 12.5 4.2 4.2 8.8-9.2" />
  </Icon>
);

export const PencilIcon = () => (
  <Icon>
    <path d="M4.5 19.5 5.6 15 15.8 4.8a1.9 1.9 0 0 1 2.7 0l.7.7a1.9 1.9 0 0 1 0 2.7L9 18.4z" />
    <path d="m13.8 6.8 3.4 3.4" />
  </Icon>
);

export const BinIcon = () => (
  <Icon>
    <path d="M4.5 7h15M9.5 7V5.2c0-.7.5-1.2 1.2-1.2h2.6c.7 0 1.2.5 1.2 1.2V7" />
    <path d="m6.5 7 .7 11.1c.1 1.1.9 1.9 2 1.9h5.6c1.1 0 1.9-.8 2-1.9L17.5 7M10.3 11v5M13.7 11v5" />
  </Icon>
);

export const SendIcon = () => (
  <Icon>
    <path d="M12 19V5.5M5.8 11.5 12 5.3l6.2 6.2" />
  </Icon>
);

export const WarningIcon = () => (
  <Icon>
    <path d="M12 8.5v4.7M12 16.5v.1" />
    <circle cx="12" cy="12" r="8.7" />
  </Icon>
);

export const SparkIcon = () => (
  <Icon>
    <path d="M12 3.8c.6 4.7 2.7 7 7.7 8.2-5 1.2-7.1 3.5-7.7 8.2-.6-4.7-2.7-7-7.7-8.2 5-1.2 7.1-3.5 7.7-8.2z" />
  </Icon>
);

export const Logo = () => (
  <svg className="logo" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
    <rect width="32" height="32" rx="9" />
    <path d="m9 16.8 4.7 4.7L23.4 11" />
  </svg>
);
