import { isRecord } from "./api-error";

/**
 * The number of the next answer to a form. The previous state comes back from the browser, so it can
 * be anything: whatever is no number starts again.
 */
export function nextTurn(previous: unknown): number {
  const turn = isRecord(previous) ? previous["turn"] : undefined;
  return (typeof turn === "number" && Number.isSafeInteger(turn) ? turn : 0) + 1;
}
