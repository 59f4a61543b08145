import { chalk } from './colours.js';
import cliTruncate from 'cli-truncate';
import stringWidth from 'string-width';
import { printable } from './printable.js';

export interface Column<Row> {
  readonly title: string;
  readonly value: (row: Row) => string | number | null;
  /** What a program reads instead, where people see it shortened. */
  readonly exactly?: (row: Row) => string;
  readonly align?: 'right';
  /** May be cut where the terminal is too narrow, down to so many columns. A column without it is always whole. */
  readonly least?: number;
  /** Colour, given the text that is shown. */
  readonly style?: (text: string, row: Row) => string;
}

const gap = '  ';

/**
 * A table that fits into `width` columns of a terminal, in which wide characters take two. Without a width nothing is cut, and neither
 * title nor colour comes between the values and whoever reads them: they are separated by tabs.
 */
export function table<Row>(rows: readonly Row[], columns: readonly Column<Row>[], width: number | undefined): string {
  const texts = rows.map((row) =>
    columns.map(({ value, exactly }) =>
      printable(String((width === undefined && exactly ? exactly(row) : value(row)) ?? '')),
    ),
  );
  if (width === undefined) return texts.map((cells) => `${cells.join('\t')}\n`).join('');

  const widths = fitted(
    columns,
    columns.map(({ title }, index) => texts.reduce((most, cells) => Math.max(most, wide(cells[index]!)), wide(title))),
    width,
  );
  const line = (cells: readonly string[], styled: (cell: string, index: number) => string) =>
    cells
      .map((cell, index) => {
        const shown = cut(cell, widths[index]!);
        const space = ' '.repeat(widths[index]! - stringWidth(shown));
        const isLast = index === cells.length - 1;
        return columns[index]!.align === 'right'
          ? space + styled(shown, index)
          : styled(shown, index) + (isLast ? '' : space);
      })
      .join(gap)
      .trimEnd();
  const titles = line(
    columns.map(({ title }) => title),
    (title) => chalk.bold(title),
  );
  const body = texts.map((cells, row) =>
    line(cells, (cell, index) => columns[index]!.style?.(cell, rows[row]!) ?? cell),
  );
  return [titles, ...body].map((text) => `${text}\n`).join('');
}

const wide = (text: string): number => stringWidth(text);

/** Where the cut falls within a wide character, cli-truncate keeps it. */
function cut(text: string, width: number): string {
  const shown = cliTruncate(text, width);
  return wide(shown) <= width ? shown : cliTruncate(text, width - 1);
}

/** Takes what is too much from the widest column that may be cut, again and again. */
function fitted<Row>(columns: readonly Column<Row>[], natural: readonly number[], width: number): number[] {
  const widths = [...natural];
  const least = columns.map((column, index) => Math.min(natural[index]!, column.least ?? natural[index]!));
  const total = () => widths.reduce((sum, each) => sum + each, 0) + gap.length * (widths.length - 1);
  for (let over = total() - width; over > 0; over--) {
    const widest = widths.reduce(
      (best, each, index) => (each - least[index]! > 0 && each > (widths[best] ?? 0) ? index : best),
      -1,
    );
    if (widest === -1) break;
    widths[widest]! -= 1;
  }
  return widths;
}
