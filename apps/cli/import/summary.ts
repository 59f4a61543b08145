import type { Field } from '../terminal/fields.js';
import { fields } from '../terminal/fields.js';
import { sumOf } from './counts.js';
import type { Imported } from './import-incidents.js';
import type { Counts } from './counts.js';

/** What was read, and what became of it: the other numbers are parts of `read`. */
export type Totals = Readonly<Record<'rows' | 'alerts' | 'comments', Counts>>;

export function totalsOf({ rows, skipped, incidents }: Imported): Totals {
  const outcomes = incidents.map(({ outcome, older }) => ({ [outcome]: 1, 'older versions': older.length }));
  return {
    rows: sumOf([{ read: rows, skipped: skipped.length }, ...outcomes]),
    alerts: sumOf([{ read: 0 }, ...incidents.map(({ alerts }) => alerts)]),
    comments: sumOf([{ read: 0 }, ...incidents.map(({ comments }) => comments)]),
  };
}

/** `10 read = 8 imported + 2 older versions`, for rows, alerts and comments. */
export const summaryLines = (totals: Readonly<Record<string, Counts>>, width: number | undefined): string[] =>
  fields(
    Object.entries(totals).map(([what, counts]): Field => [what, sumLine(counts)]),
    width,
  );

/** In this order, and others before them: what was done, then what was not. */
const undone = ['unchanged', 'elsewhere', 'older versions', 'left out', 'refused', 'skipped', 'not sent'];

function sumLine({ read = 0, ...parts }: Counts): string {
  const shown = Object.entries(parts).filter(([, count]) => count !== 0);
  shown.sort(([one], [other]) => undone.indexOf(one) - undone.indexOf(other));
  return [`${read} read`, shown.map(([what, count]) => `${count} ${what}`).join(' + ')].filter(Boolean).join(' = ');
}
