import { setTimeout as sleep } from 'node:timers/promises';
import { classifications, severities } from '#incidents';
import type { Classification, Severity } from '#incidents';
import { ProjectionBehind } from '../checkpoints.js';
import type { Checkpoints } from '../checkpoints.js';
import type { Collections } from '../collections.js';
import type { SortedTally } from '../sorted-tally.js';
import { daysBetween } from './days.js';
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
  const { from, to, after = 0n } = query;
  const days = daysBetween(from, to);
  for (const until = performance.now() + patienceMs; ; await sleep(pauseMs)) {
    const position = (await checkpoints.position('metrics')) ?? 0n;
    const found = await figures.find({ _id: { $in: [openIncidents, ...days] } }).toArray();
    const last = found.reduce((most, document) => (document.position > most ? document.position : most), after);
    if (last <= position) {
      const stale = await parked.find({ projection: { $eq: 'metrics' } }, { limit: entriesShown }).toArray();
      return {
        ...summed(query, days, new Map(found.map((each) => [each._id, each]))),
        position,
        ...(stale.length > 0 && { parked: stale.map(({ id }) => id) }),
      };
    }
    if (performance.now() > until) throw new ProjectionBehind('metrics', position, last);
  }
}

function summed(
  { from, to }: MetricsQuery,
  days: readonly string[],
  found: ReadonlyMap<string, FiguresDocument>,
): Omit<MetricsSummary, 'position' | 'parked'> {
  const inRange = days.flatMap((day) => found.get(day) ?? []);
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
