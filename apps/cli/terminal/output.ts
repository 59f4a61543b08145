import { printableLines } from './printable.js';
import type { Column } from './table.js';
import { table } from './table.js';

/** How a list is given out: for people, as one JSON document, or as one JSON document a line. */
export type Format = 'table' | 'json' | 'ndjson';

export interface FormatOptions {
  readonly json?: true | undefined;
  readonly ndjson?: true | undefined;
}

export const formatOf = ({ json, ndjson }: FormatOptions): Format => (ndjson ? 'ndjson' : json ? 'json' : 'table');

/** Columns of the terminal; undefined where the output is read by a program. */
export const terminalWidth = (stream = process.stdout): number | undefined =>
  stream.isTTY ? Math.max(40, stream.columns || 80) : undefined;

/** Waits where the reader is slower. A reader that has gone away (`| head`) ends the program quietly; see main.ts. */
export async function print(text: string): Promise<void> {
  if (text === '' || process.stdout.write(text)) return;
  await new Promise((resolve) => process.stdout.once('drain', resolve));
}

export const printJson = (value: unknown): Promise<void> => print(`${JSON.stringify(value, null, 2)}\n`);
export const printLine = (value: unknown): Promise<void> => print(`${JSON.stringify(value)}\n`);

/** Gives out rows in the format that was asked for; `whole` is the JSON document that they came in. */
export async function printRows<Row>(
  format: Format,
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  whole: unknown = { value: rows },
): Promise<void> {
  if (format === 'json') return printJson(whole);
  if (format === 'table') return print(table(rows, columns, terminalWidth()));
  for (const row of rows) await printLine(row);
}

/** What people should know beside the output; not for whoever reads that. Of others' text what is printable. */
export function remark(text: string): void {
  process.stderr.write(`${printableLines(text).join('\n')}\n`);
}
