import { chalk } from '../terminal/colours.js';
import type { Field } from '../terminal/fields.js';
import { fields } from '../terminal/fields.js';
import { printable, printableLines, second } from '../terminal/printable.js';
import { wrap } from '../terminal/wrap.js';
import type { AlertTitles } from './alert-titles.js';
import type { Causes } from './causes.js';
import { changeText, labelOf } from './change-text.js';
import type { Entry } from './entry.js';
import { wordsOf } from './event-words.js';

const indent = ' '.repeat(8);
const titlesShown = 3;

/** What other entries tell of one. */
export interface Known {
  readonly titles: AlertTitles;
  readonly causes: Causes;
}

/** An entry as people read it: who did what and when, below it from what to what and why, and what they said. */
export async function entryBlock(entry: Entry, { titles, causes }: Known, width: number): Promise<string[]> {
  titles.note(entry);
  causes.note(entry);
  const head = wrap(`${printable(entry.actor.name)} ${wordsOf(entry.type)}`, width - 29);
  const revision = String(entry.revision).padStart(5);
  return [
    `${chalk.dim(revision)}   ${chalk.bold(second(entry.at))}  ${head[0]}`,
    ...head.slice(1).map((line) => ' '.repeat(29) + line),
    ...fields(await fieldsOf(entry, { titles, causes }), width, indent),
    ...said(entry, width - indent.length),
  ];
}

async function fieldsOf(entry: Entry, { titles, causes }: Known): Promise<Field[]> {
  const isArrival = entry.changes.some(({ property }) => property === 'alerts');
  return [
    ...(entry.alertId !== undefined && !isArrival ? [['alert', await titles.of(entry.alertId)] as const] : []),
    ...entry.changes.map((change) => [labelOf(change.property), changeText(change)] as const),
    ['alerts', await titlesOf(entry.alertIds ?? [], titles)],
    ['because', becauseOf(entry) ?? causes.of(entry)],
    ...elsewhere(entry),
    ['written', writtenThere(entry)],
  ];
}

async function titlesOf(alertIds: readonly string[], titles: AlertTitles): Promise<string | null> {
  if (alertIds.length === 0) return null;
  const shown: string[] = [];
  for (const alertId of alertIds.slice(0, titlesShown)) shown.push(await titles.of(alertId));
  const more = alertIds.length - shown.length;
  return shown.join('\n') + (more > 0 ? `\nand ${more} more` : '');
}

function becauseOf({ reason, reasons }: Entry): string | null {
  if (reasons !== undefined) return reasons.join(', ');
  switch (reason?.rule) {
    case 'sharedEntity':
      return `it shares ${reason.entity}`;
    case 'reportedInto':
      return 'the report names this incident';
    case 'imported':
      return 'it came along with the incident';
    case 'nothingShared':
      return 'it shares nothing with another incident';
    case undefined:
      return null;
  }
}

/** Of a merge: where the history of the other incident is. */
const elsewhere = ({ changes }: Entry): Field[] =>
  changes.flatMap(({ property, to }): Field[] => {
    if (property === 'mergedIncidentIds') return [['its history', `docket history ${String(to)}`]];
    return property === 'redirectIncidentId' ? [['goes on', `docket history ${String(to)}`]] : [];
  });

function writtenThere({ imported }: Entry): string | null {
  if (imported === undefined) return null;
  return `there by ${imported.by ?? 'somebody'}${imported.at === null ? '' : ` at ${inUtc(imported.at)}`}`;
}

/** Times of elsewhere are kept as they came, in whatever zone. */
const inUtc = (at: string): string =>
  Number.isNaN(Date.parse(at)) ? at : second(new Date(Date.parse(at)).toISOString());

const said = ({ comment }: Entry, width: number): string[] =>
  comment === undefined
    ? []
    : printableLines(comment)
        .flatMap((line) => wrap(line, width - 2))
        .map((line) => `${indent}${chalk.cyan('│')} ${line}`.trimEnd());
