import { ProblemAnswer } from '../connection/docket-client.js';
import type { AlertResult, Counts, Destination, ImportAnswer } from './destination.js';
import type { IncidentIndex, IndexedIncident, Skipped } from './incident-index.js';
import { recognise } from './kind.js';
import type { ExportedFile } from './reading/exported-file.js';
import type { Place } from './reading/row-scanner.js';
import { requestsOf } from './requests.js';
import { unite } from './united.js';
import type { United } from './united.js';

/** What became of one incident of the file, and of all its rows. */
export interface IncidentResult {
  readonly externalId: string;
  readonly place: Place;
  readonly older: readonly Place[];
  readonly outcome: ImportAnswer['outcome'] | 'skipped' | 'not sent';
  readonly incidentId: string | null;
  /** Why it was skipped. */
  readonly because?: string;
  readonly adapted: ImportAnswer['adapted'];
  readonly differences: ImportAnswer['differences'];
  /** `read`, and what became of them. */
  readonly alerts: Counts;
  readonly comments: Counts;
  /** Whether the source says that it has others, which are not in the file. */
  readonly moreAlerts: boolean;
  /** Alerts that a person must look at. */
  readonly alertsApart: readonly AlertResult[];
}

export interface Imported {
  readonly rows: number;
  readonly skipped: readonly Skipped[];
  readonly goesOn: number | undefined;
  /** In the order of the file. */
  readonly incidents: readonly IncidentResult[];
  /** Where the log was afterwards. */
  readonly position: bigint;
  /** Why it ended before all were sent. */
  readonly stopped: unknown;
}

export interface Importing {
  readonly source: string;
  readonly destination: Destination;
  /** How many at a time. */
  readonly jobs: number;
  readonly reached?: (incidents: number) => void;
}

/** Brings all incidents of a file along. What refuses one of them does not stop the others; what would refuse all of them does. */
export async function importIncidents(
  file: ExportedFile,
  { rows, incidents, skipped, goesOn }: IncidentIndex,
  { source, destination, jobs, reached = () => undefined }: Importing,
): Promise<Imported> {
  const results = new Map<IndexedIncident, IncidentResult>();
  let position = 0n;
  let stopped: unknown;

  const work = async (waiting: Iterable<IndexedIncident>) => {
    for (const indexed of waiting) {
      if (stopped !== undefined) return;
      try {
        const answered = await importOne(await read(file, indexed), source, destination);
        results.set(indexed, { ...identity(indexed), ...answered.result });
        if (answered.position > position) position = answered.position;
        reached(results.size);
      } catch (error) {
        stopped ??= error;
      }
    }
  };
  const free = incidents.filter(({ sharesAlerts }) => !sharesAlerts).values();
  await Promise.all(Array.from({ length: jobs }, () => work(free)));
  await work(incidents.filter(({ sharesAlerts }) => sharesAlerts)); // in the order of the file: the first has the alert
  const all = incidents.map((indexed) => results.get(indexed) ?? { ...identity(indexed), ...notSent });
  return { rows, skipped, goesOn, incidents: all, position, stopped };
}

const identity = ({ externalId, versions }: IndexedIncident) => ({
  externalId,
  place: versions[0]!.place,
  older: versions.slice(1).map(({ place }) => place),
});

const nothing = {
  ...{ incidentId: null, adapted: [], differences: [] },
  ...{ alerts: {}, comments: {}, moreAlerts: false, alertsApart: [] },
};
const notSent = { ...nothing, outcome: 'not sent' } as const;

async function read(file: ExportedFile, { versions }: IndexedIncident): Promise<United> {
  const rows = await Promise.all(versions.map(({ place }) => file.row(place)));
  return unite(
    rows.map((row) => {
      const recognised = recognise(row);
      return recognised.kind === 'neither' ? row : recognised.graph;
    }),
  );
}

interface Answered {
  readonly result: Omit<IncidentResult, 'externalId' | 'place' | 'older'>;
  readonly position: bigint;
}

async function importOne(united: United, source: string, destination: Destination): Promise<Answered> {
  const answers: ImportAnswer[] = [];
  for (const request of requestsOf(united, source))
    try {
      answers.push(await destination(request));
    } catch (error) {
      if (!isOfThisOne(error)) throw error;
      if (answers.length === 0) return { result: skippedFor(united, error), position: 0n };
      answers.push(refusedFor(request.incident.alerts, answers[0]!, error));
    }
  return { result: resultOf(united, answers), position: BigInt(answers.at(-1)!.position ?? 0) };
}

/** Whether it is this incident that is refused; where nobody may ask, or nobody answers, it is so for all. */
const isOfThisOne = (error: unknown): error is ProblemAnswer =>
  error instanceof ProblemAnswer && [400, 409, 413, 422, 500].includes(error.status);

function skippedFor({ read, older }: United, problem: ProblemAnswer): Answered['result'] {
  const counts = (read: number, older: number) => ({ read, 'older versions': older, skipped: read - older });
  return {
    ...nothing,
    outcome: 'skipped',
    because: reasonOf(problem),
    alerts: counts(read.alerts, older.alerts),
    comments: counts(read.comments, older.comments),
  };
}

const reasonOf = ({ code, problem, message }: ProblemAnswer): string =>
  code === 'merged-at-source'
    ? `it was merged into ${(problem.redirectIncidentId as string | null) ?? 'another'} there, which has its alerts`
    : message.replaceAll('\n  ', ' ');

/** The incident is here, but a further request with alerts of it was refused. */
const refusedFor = (alerts: readonly unknown[], first: ImportAnswer, { problem }: ProblemAnswer): ImportAnswer => ({
  ...first,
  ...{ adapted: [], differences: [], comments: {} },
  alerts: alerts.map((alert) => ({
    id: String((alert as { id?: unknown } | null)?.id),
    outcome: 'refused',
    incidentId: null,
    problem,
  })),
});

function resultOf({ incident, read, older }: United, answers: readonly ImportAnswer[]): Answered['result'] {
  const alerts = answers.flatMap((answer) => answer.alerts);
  const comments = sumOf(answers.map((answer) => answer.comments));
  const taken = Object.values(comments).reduce((sum, each) => sum + each, older.comments);
  const outcomes = answers.map(({ outcome }) => outcome);
  return {
    outcome: (['imported', 'completed'] as const).find((each) => outcomes.includes(each)) ?? outcomes[0]!,
    incidentId: answers[0]!.incidentId,
    adapted: distinct(answers.flatMap(({ adapted }) => adapted)),
    differences: distinct(answers.flatMap(({ differences }) => differences)),
    alerts: {
      ...{ read: read.alerts, 'older versions': older.alerts },
      ...sumOf(alerts.map(({ outcome }) => ({ [outcome]: 1 }))),
    },
    comments: { read: read.comments, 'older versions': older.comments, ...comments, 'left out': read.comments - taken },
    moreAlerts: typeof incident['alerts@odata.nextLink'] === 'string',
    alertsApart: alerts.filter(({ outcome }) => ['elsewhere', 'refused', 'waiting'].includes(outcome)),
  };
}

/** Each request with the same incident is answered with what is to be said of it. */
const distinct = <T>(all: readonly T[]): T[] => [...new Map(all.map((each) => [JSON.stringify(each), each])).values()];

export function sumOf(all: readonly Counts[]): Counts {
  const sums: Record<string, number> = {};
  for (const counts of all) for (const [what, count] of Object.entries(counts)) sums[what] = (sums[what] ?? 0) + count;
  return sums;
}
