import { Tokenizer } from '@streamparser/json';

/** A number that is not kept to its last digit: it has more of them than a number in JavaScript holds. */
export interface Rounded {
  readonly property: string;
  /** As it is written, at most 40 characters. */
  readonly from: string;
  readonly to: number | null;
  /** How many of this property are rounded in the row; this is the first. */
  readonly times: number;
}

/** Remembers how the last number was written. */
export class NumberTokenizer extends Tokenizer {
  written = '';

  protected override parseNumber(text: string): number {
    this.written = text;
    return super.parseNumber(text);
  }
}

/** Whether an integer changes by being read, or a number is too large to be one. */
export const isRounded = (written: string, value: number): boolean =>
  !Number.isFinite(value) || (/^-?\d+$/.test(written) && !Number.isSafeInteger(value) && String(value) !== written);

/** Adds one, as one more of its property. */
export function noteRounded(all: Map<string, Rounded>, property: string, written: string, value: number): void {
  const known = all.get(property);
  const first = { property, from: written.slice(0, 40), to: Number.isFinite(value) ? value : null };
  all.set(property, { ...(known ?? first), times: (known?.times ?? 0) + 1 });
}
