import { setTimeout as sleep } from 'node:timers/promises';
import { classifications, severities } from '#incidents';
import type { Classification, Severity } from '#incidents';
import { ProjectionBehind } from '../checkpoints.js';
import type { Checkpoints } from '../checkpoints.js';
import type { Collections } from '../collections.js';
import type { SortedTally } from '../incidents/sorted-tally.js';
import { daysBetween, monthOf, wholeMonths } from './days.js';
import { durationsOf } from './durations.js';
import type { Durations } from './durations.js';
import { nobody, openIncidents, unclassified } from './figures.js';
import type { FiguresDocument, TallyName } from './figures.js';

export interface MetricsQuery {
  /** Days in UTC, `2026-11-23`, both included; `from` is not after `to`. */
  readonly from: string;
  readonly to: string;
  /** The answer reflects at least this position. */
  readonly after?: bigint | undefined;
}

/** How many incidents were judged how. */
export type Judged = Readonly<Record<Classification | typeof unclassified, number>>;

/** The most frequent values; `more`: how many others there are. */
export interface Frequent<Entry> {
  readonly value: readonly Entry[];
  readonly more: number;
}

export type JudgedBy = Frequent<Judged & { readonly name: string }>;

export interface MetricsSummary {
  readonly from: string;
  readonly to: string;
  readonly open: {
    readonly total: number;
    readonly byStatus: Readonly<Record<'active' | 'inProgress', number>>;
    readonly bySeverity: Readonly<Record<Severity, number>>;
    /** Those that are nobody's first. */
    readonly byOwner: Frequent<{ readonly assignedTo: string | null; readonly count: number }>;
  };
  readonly opened: number;
  readonly resolved: number;
  readonly merged: number;
  /** Every day of the range. */
  readonly days: readonly {
    readonly day: string;
    readonly opened: number;
    readonly resolved: number;
    readonly merged: number;
  }[];
  readonly timeToAssign: Durations;
  readonly timeToResolve: Durations;
  readonly classifications: Judged;
  readonly categories: JudgedBy;
  readonly serviceSources: JudgedBy;
  readonly detectionSources: JudgedBy;
  /** All of it is as it was at this position. */
  readonly position: bigint;
  /** Incidents that count as they did before an event that cannot be projected, 100 at most. Absent where there is none. */
  readonly parked?: readonly string[];
}

const entriesShown = 100;
const patienceMs = 2_000;
const pauseMs = 15;

/** The documents that a range is added up from: whole months, and the days beside them. Of days within a month little is told. */
interface Parts {
  readonly whole: readonly string[];
  readonly days: readonly string[];
  readonly within: readonly string[];
}

function partsOf({ from, to }: MetricsQuery): Parts {
  const days = daysBetween(from, to);
  const months = wholeMonths(days);
  const isWithin = (day: string) => months.includes(monthOf(day));
  return { whole: [...months, ...days.filter((day) => !isWithin(day))], days, within: days.filter(isWithin) };
}

/**
 * Reads few documents, however many incidents there are. Figures that change together are in several documents: where one of them is ahead
 * of the checkpoint, a batch is being written, and they are read again, so that all are of the same moment. Throws ProjectionBehind where
 * that lasts: a projector that was killed in between left them so, until it goes on.
 */
export async function metricsSummary(
  { figures, parked }: Pick<Collections, 'figures' | 'parked'>,
  checkpoints: Checkpoints,
  query: MetricsQuery,
): Promise<MetricsSummary> {
  const parts = partsOf(query);
  const incidentsOnly = { projection: { position: 1, 'tallies.incidents': 1 } };
  for (const until = performance.now() + patienceMs; ; await sleep(pauseMs)) {
    const position = (await checkpoints.position('metrics')) ?? 0n;
    const [whole, within] = await Promise.all([
      figures.find({ _id: { $in: [openIncidents, ...parts.whole] } }).toArray(),
      parts.within.length === 0 ? [] : figures.find({ _id: { $in: [...parts.within] } }, incidentsOnly).toArray(),
    ]);
    const found = new Map([...whole, ...within].map((each) => [each._id, each]));
    const last = Array.from(found.values(), (each) => each.position).reduce(later, query.after ?? 0n);
    if (last <= position) {
      const stale = await parked.find({ projection: { $eq: 'metrics' } }, { limit: entriesShown }).toArray();
      return {
        ...summed(query, parts, found),
        position,
        ...(stale.length > 0 && { parked: stale.map(({ id }) => id) }),
      };
    }
    if (performance.now() > until) throw new ProjectionBehind('metrics', position, last);
  }
}

const later = (one: bigint, other: bigint): bigint => (one > other ? one : other);

function summed(
  { from, to }: MetricsQuery,
  { whole, days }: Parts,
  found: ReadonlyMap<string, FiguresDocument>,
): Omit<MetricsSummary, 'position' | 'parked'> {
  const inRange = whole.flatMap((part) => found.get(part) ?? []);
  const all = (tally: TallyName) => together(inRange.map(({ tallies }) => tallies[tally]));
  const incidents = (document?: FiguresDocument) => eventsOn(together([document?.tallies.incidents]));
  return {
    from,
    to,
    open: openNow(found.get(openIncidents)),
    ...eventsOn(all('incidents')),
    days: days.map((day) => ({ day, ...incidents(found.get(day)) })),
    timeToAssign: durationsOf(inOrder(all('timeToAssign'))),
    timeToResolve: durationsOf(inOrder(all('timeToResolve'))),
    classifications: judged(all('classifications')),
    categories: judgedBy(all('categories')),
    serviceSources: judgedBy(all('serviceSources')),
    detectionSources: judgedBy(all('detectionSources')),
  };
}

type Counts = ReadonlyMap<string, number>;

function together(tallies: readonly (SortedTally | undefined)[]): Counts {
  const sums = new Map<string, number>();
  for (const tally of tallies)
    tally?.values.forEach((value, index) => sums.set(value, (sums.get(value) ?? 0) + tally.counts[index]!));
  return sums;
}

function inOrder(counts: Counts): SortedTally {
  const values = [...counts.keys()].sort();
  return { values, counts: values.map((value) => counts.get(value)!) };
}

const eventsOn = (counts: Counts) => ({
  opened: counts.get('opened') ?? 0,
  resolved: counts.get('resolved') ?? 0,
  merged: counts.get('merged') ?? 0,
});

function openNow(document: FiguresDocument | undefined): MetricsSummary['open'] {
  const of = (tally: TallyName) => together([document?.tallies[tally]]);
  const [statuses, bySeverity, owners] = [of('statuses'), of('severities'), of('owners')];
  const { value, more } = mostFrequent([...owners].filter(([owner]) => owner !== nobody));
  const byStatus = { active: statuses.get('active') ?? 0, inProgress: statuses.get('inProgress') ?? 0 };
  return {
    total: byStatus.active + byStatus.inProgress,
    byStatus,
    bySeverity: each(severities.toReversed(), bySeverity),
    byOwner: {
      value: [
        { assignedTo: null, count: owners.get(nobody) ?? 0 },
        ...value.map(([assignedTo, count]) => ({ assignedTo, count })),
      ],
      more,
    },
  };
}

const each = <Name extends string>(names: readonly Name[], counts: Counts) =>
  Object.fromEntries(names.map((name) => [name, counts.get(name) ?? 0])) as Record<Name, number>;

const judged = (counts: Counts): Judged => each([...classifications, unclassified], counts);

/** The values of these tallies begin with the judgement. */
function judgedBy(counts: Counts): JudgedBy {
  const [totals, byName] = [new Map<string, number>(), new Map<string, Map<string, number>>()];
  for (const [value, count] of counts) {
    const end = value.indexOf(' ');
    const [judgement, name] = [value.slice(0, end), value.slice(end + 1)];
    totals.set(name, (totals.get(name) ?? 0) + count);
    byName.set(name, (byName.get(name) ?? new Map<string, number>()).set(judgement, count));
  }
  const { value, more } = mostFrequent([...totals]);
  return { value: value.map(([name]) => ({ name, ...judged(byName.get(name)!) })), more };
}

/** The same order every time. */
function mostFrequent(
  counts: readonly (readonly [name: string, count: number])[],
): Frequent<readonly [string, number]> {
  const order = counts.toSorted(([one, ofOne], [other, ofOther]) => ofOther - ofOne || (one < other ? -1 : 1));
  return { value: order.slice(0, entriesShown), more: Math.max(0, order.length - entriesShown) };
}
