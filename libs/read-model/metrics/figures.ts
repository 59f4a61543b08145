import { enter, leave } from '../incidents/sorted-tally.js';
import type { SortedTally } from '../incidents/sorted-tally.js';
import { durationClass } from './durations.js';
import type { MeasuredIncident } from './measured-incident.js';

/** What is counted of all that is open, and of a day or a month. */
export const tallyNames = {
  open: ['statuses', 'severities', 'owners'],
  range: [
    'incidents',
    'timeToAssign',
    'timeToResolve',
    'classifications',
    'categories',
    'serviceSources',
    'detectionSources',
  ],
} as const;
export type TallyName = (typeof tallyNames)[keyof typeof tallyNames][number];

/** Figures that change together: of what is open, of one day, or of one month, so that long ranges are few documents. */
export interface FiguresDocument {
  /** `open`, or a day or month in UTC: `2026-11-23`, `2026-11`. */
  readonly _id: string;
  readonly tallies: Partial<Record<TallyName, SortedTally>>;
  /** Of the last event that changed them. They reflect all events up to it. */
  position: bigint;
}

/** That an incident counts once in a tally of a document. */
export interface Figure {
  readonly document: string;
  readonly tally: TallyName;
  readonly value: string;
}

export const openIncidents = 'open';
/** Stands for no owner, and for no classification: none of either is empty. */
export const nobody = '';
export const unclassified = 'unclassified';

/**
 * All that an incident adds to the figures, as it is now. Rules: docs/reference/http-api.md. Times are ISO 8601 in UTC, of which the first
 * characters are the day.
 */
export function figuresOf(incident: MeasuredIncident): Figure[] {
  const { status, createdDateTime, firstAssignedDateTime, resolvedDateTime, mergedDateTime } = incident;
  if (status === 'redirected') return at(mergedDateTime!, [['incidents', 'merged']]);
  const figures = at(createdDateTime, [['incidents', 'opened']]);
  if (firstAssignedDateTime !== null)
    figures.push(...at(firstAssignedDateTime, [['timeToAssign', between(createdDateTime, firstAssignedDateTime)]]));
  if (status === 'resolved') return [...figures, ...at(resolvedDateTime!, ofResolved(incident, resolvedDateTime!))];
  return [
    ...figures,
    ...within(openIncidents, [
      ['statuses', status],
      ['severities', incident.severity],
      ['owners', incident.assignedTo ?? nobody],
    ]),
  ];
}

type Counted = readonly [tally: TallyName, value: string];

function ofResolved(incident: MeasuredIncident, resolvedDateTime: string): Counted[] {
  const judged = incident.classification ?? unclassified;
  return [
    ['incidents', 'resolved'],
    ['timeToResolve', between(incident.createdDateTime, resolvedDateTime)],
    ['classifications', judged],
    ...(['categories', 'serviceSources', 'detectionSources'] as const).flatMap((property) =>
      incident[property].map((value): Counted => [property, `${judged} ${value}`]),
    ),
  ];
}

const within = (document: string, counted: readonly Counted[]): Figure[] =>
  counted.map(([tally, value]) => ({ document, tally, value }));

/** On the day and in the month of a time. */
const at = (time: string, counted: readonly Counted[]): Figure[] =>
  ['yyyy-mm-dd', 'yyyy-mm'].flatMap(({ length }) => within(time.slice(0, length), counted));

/** Clocks of a source may differ from ours. */
const between = (from: string, to: string): string => durationClass(Math.max(0, Date.parse(to) - Date.parse(from)));

/** What an event changed in the figures. */
export interface FigureChange {
  readonly position: bigint;
  readonly leaving: readonly Figure[];
  readonly entering: readonly Figure[];
}

/** Undefined where nothing differs. */
export function changeOf(
  before: readonly Figure[],
  after: readonly Figure[],
  position: bigint,
): FigureChange | undefined {
  const [leaving, entering] = [without(before, after), without(after, before)];
  return leaving.length + entering.length > 0 ? { position, leaving, entering } : undefined;
}

/** No incident counts twice in the same place. */
function without(figures: readonly Figure[], others: readonly Figure[]): Figure[] {
  const there = new Set(others.map(nameOf));
  return figures.filter((figure) => !there.has(nameOf(figure)));
}

const nameOf = ({ document, tally, value }: Figure): string => `${document} ${tally} ${value}`;

/** What is counted of one kind in one document: a limit to what others' names can make of it, far beyond what a team has. */
export const mostCounted = 2_000;

/** Changes the document, unless it reflects the change already. */
export function count(figures: FiguresDocument, { position, leaving, entering }: FigureChange): void {
  if (position <= figures.position) return;
  const own = ({ document }: Figure) => document === figures._id;
  const tallyOf = ({ tally }: Figure) => (figures.tallies[tally] ??= { values: [], counts: [] });
  for (const figure of leaving.filter(own)) leave(tallyOf(figure), figure.value);
  for (const figure of entering.filter(own)) enter(tallyOf(figure), figure.value, mostCounted);
  figures.position = position;
}
