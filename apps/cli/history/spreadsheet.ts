import { stringify } from 'csv-stringify/sync';
import type { Entry } from './entry.js';

/** One row for each thing that changed, so that a spreadsheet can filter by it; an entry without changes has one row too. */
interface Row {
  readonly revision: number;
  readonly at: string;
  readonly actorId: string;
  readonly actorName: string;
  readonly type: string;
  readonly kind: string;
  readonly alertIds: string;
  readonly property: string;
  readonly from: string;
  readonly to: string;
  readonly comment: string;
  readonly writtenBy: string;
  readonly writtenAt: string;
}

const columns: readonly (keyof Row)[] = [
  'revision',
  'at',
  'actorId',
  'actorName',
  'type',
  'kind',
  'alertIds',
  'property',
  'from',
  'to',
  'comment',
  'writtenBy',
  'writtenAt',
];

/**
 * Entries as CSV (RFC 4180). Comments and titles come from anybody, also from whoever attacks: what a spreadsheet would calculate gets an
 * apostrophe in front, which makes it text. Who needs every character as it was takes NDJSON.
 */
export const spreadsheetRows = (entries: readonly Entry[]): string =>
  stringify(entries.flatMap(rowsOf), {
    columns: [...columns],
    record_delimiter: '\r\n',
    quoted_string: true,
    cast: { string: asText },
  });

export const spreadsheetTitles = (): string => `${columns.join(',')}\r\n`;

/** Makes Excel read the file as UTF-8. */
export const byteOrderMark = '\uFEFF';

/** Where the list separator is `;` or a tab, quotation marks do not hold our cells together: each of these begins another one. */
function asText(cell: string): string {
  const parts = cell.replace(/(?<=[;\t\r\n])[^;\t\r\n]+/g, (part) => (mayBeFormula(part) ? `'${part}` : part));
  return mayBeFormula(cell) ? `'${parts}` : parts;
}

/**
 * csv-stringify's own `escape_formulas` looks at the very first character only. Spreadsheets skip what is blank or invisible before a
 * formula, and quotation marks where they take them for those of a cell; they take full-width, small and raised variants of its first character for the plain ones: those are what NFKC makes equal.
 */
export function mayBeFormula(cell: string): boolean {
  if (/^[\t\r\n]/.test(cell)) return true;
  const [first = ''] = cell.replace(/^["\s\p{Z}\p{C}]+/u, '');
  return /^[=+\-−@]/.test(first.normalize('NFKC'));
}

function rowsOf(entry: Entry): Row[] {
  const { revision, at, actor, type, kind, alertId, alertIds = [], imported } = entry;
  const same = {
    revision,
    at,
    actorId: actor.id,
    actorName: actor.name,
    type,
    kind,
    alertIds: alertId ?? alertIds.join(' '),
    writtenBy: imported?.by ?? '',
    writtenAt: imported?.at ?? '',
  };
  const changes = entry.changes.length > 0 ? entry.changes : [{ property: '', from: null, to: null }];
  return changes.map(({ property, from, to }, index) => ({
    ...same,
    property,
    from: cellOf(from),
    to: cellOf(to),
    comment: index === 0 ? (entry.comment ?? '') : '',
  }));
}

const cellOf = (value: unknown): string =>
  typeof value === 'string' ? value : value === null || value === undefined ? '' : JSON.stringify(value);
