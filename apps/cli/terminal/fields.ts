import { chalk } from './colours.js';
import stringWidth from 'string-width';
import { printable, printableLines } from './printable.js';
import { wrap } from './wrap.js';

/** A label, what stands behind it (nothing: the field is left out), and its colour where it has one. */
export type Field = readonly [label: string, value: string | null | undefined, style?: (text: string) => string];

const gap = '  ';

/**
 * One field below the other, values wrapped within `width` columns. Without a width a field is a line, its value behind a tab, for
 * whoever reads that.
 */
export function fields(all: readonly Field[], width: number | undefined, indent = ''): string[] {
  const present = all.filter(([, value]) => value !== null && value !== undefined);
  if (width === undefined) return present.map(([label, value]) => `${label}\t${printable(value!)}`);

  const labelWidth = present.reduce((widest, [label]) => Math.max(widest, stringWidth(label)), 0);
  const valueWidth = Math.max(16, width - indent.length - labelWidth - gap.length);
  const pad = (text: string) => text + ' '.repeat(labelWidth - stringWidth(text));
  return present.flatMap(([label, value, style = (text) => text]) =>
    printableLines(value!)
      .flatMap((line) => wrap(line, valueWidth))
      .map((line, index) => `${indent}${index === 0 ? chalk.dim(pad(label)) : pad('')}${gap}${style(line)}`.trimEnd()),
  );
}
