import { InvalidArgumentError } from 'commander';

/** An option that may be given several times. */
export const collect =
  <T>(parse: (value: string) => T) =>
  (value: string, before: readonly T[] = []): readonly T[] => [...before, parse(value)];

/** A whole number from `least` on, up to `most`. */
export const whole =
  (least: number, most = Number.MAX_SAFE_INTEGER) =>
  (value: string): number => {
    const number = Number(value);
    if (Number.isSafeInteger(number) && number >= least && number <= most) return number;
    const upTo = most === Number.MAX_SAFE_INTEGER ? 'on' : `to ${most}`;
    throw new InvalidArgumentError(`Give a whole number from ${least} ${upTo}.`);
  };

/** The name of a system that incidents come from. */
export function sourceName(value: string): string {
  if (!/^[a-z0-9][a-z0-9-]{0,39}$/.test(value))
    throw new InvalidArgumentError('Give 1 to 40 lower-case letters, digits or -.');
  return value;
}
