import { ProblemAnswer } from '../connection/docket-client.js';
import { shortened } from './adaptations.js';
import { sumOf } from './counts.js';
import type { Counts } from './counts.js';
import type { Adaptation, AlertResult, Destination, Difference, ImportAnswer } from './destination.js';
import { withValues } from '../connection/problem-words.js';
import { requestsOf } from './requests.js';
import type { United } from './united.js';

/** What became of an incident. */
export interface OneResult {
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

/** Of one that was not sent, or of which nothing came along. */
export const nothing = {
  ...{ incidentId: null, adapted: [], differences: [] },
  ...{ alerts: {}, comments: {}, moreAlerts: false, alertsApart: [] },
};

interface OneImporting {
  readonly source: string;
  readonly destination: Destination;
  /** Which incidents the file has. */
  readonly inFile: ReadonlySet<string>;
}

/** Brings one incident along, in as many requests as it needs. Throws what would refuse all others too, and RangeError before any is sent. */
export async function importOne(
  { united, rounded }: { readonly united: United; readonly rounded: readonly Adaptation[] },
  { source, destination, inFile }: OneImporting,
): Promise<{ readonly result: OneResult; readonly position: bigint }> {
  const answers: ImportAnswer[] = [];
  for (const request of [...requestsOf(united, source)])
    try {
      answers.push(await destination(request));
    } catch (error) {
      if (!isOfThisOne(error)) throw error;
      if (answers.length === 0) return { result: skippedFor(united, error, inFile), position: 0n };
      answers.push(refusedFor(request.incident.alerts, answers[0]!, error));
    }
  return { result: resultOf(united, answers, rounded), position: BigInt(answers.at(-1)!.position ?? 0) };
}

/** Whether it is this incident that is refused; where nobody may ask, or nobody answers, it is so for all. */
const isOfThisOne = (error: unknown): error is ProblemAnswer =>
  error instanceof ProblemAnswer && [400, 409, 413, 422, 500].includes(error.status);

function skippedFor({ read, older }: United, problem: ProblemAnswer, inFile: ReadonlySet<string>): OneResult {
  const counts = (read: number, older: number) => ({ read, 'older versions': older, skipped: read - older });
  return {
    ...nothing,
    outcome: 'skipped',
    because: reasonOf(problem, inFile),
    alerts: counts(read.alerts, older.alerts),
    comments: counts(read.comments, older.comments),
  };
}

function reasonOf({ code, problem, message }: ProblemAnswer, inFile: ReadonlySet<string>): string {
  if (code !== 'merged-at-source') return withValues(message.replaceAll('\n  ', ' '), problem);
  const target = problem.redirectIncidentId as string | null;
  if (target !== null && inFile.has(target)) return `it was merged into ${target} there, which has its alerts`;
  return `it was merged into ${target ?? 'another'} there, which is not in the file: its alerts and comments come along with that one only`;
}

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

function resultOf(
  { read, older, moreAlerts }: United,
  answers: readonly ImportAnswer[],
  rounded: readonly Adaptation[],
): OneResult {
  const alerts = answers.flatMap((answer) => answer.alerts);
  const comments = sumOf(answers.map((answer) => answer.comments));
  const taken = Object.values(comments).reduce((sum, each) => sum + each, older.comments);
  const outcomes = answers.map(({ outcome }) => outcome);
  return {
    outcome: (['imported', 'completed'] as const).find((each) => outcomes.includes(each)) ?? outcomes[0]!,
    incidentId: answers[0]!.incidentId,
    adapted: distinct([...answers.flatMap(({ adapted }) => adapted), ...rounded]).map(
      ({ from, to, ...each }): Adaptation => ({ ...each, from: shortened(from), to: shortened(to) }),
    ),
    differences: distinct(answers.flatMap(({ differences }) => differences)).map(
      ({ here, there, ...each }): Difference => ({ ...each, here: shortened(here), there: shortened(there) }),
    ),
    alerts: {
      ...{ read: read.alerts, 'older versions': older.alerts },
      ...sumOf(alerts.map(({ outcome }) => ({ [outcome]: 1 }))),
    },
    comments: { read: read.comments, 'older versions': older.comments, ...comments, 'left out': read.comments - taken },
    moreAlerts,
    alertsApart: alerts.filter(({ outcome }) => ['elsewhere', 'refused', 'waiting'].includes(outcome)),
  };
}

/** Each request with the same incident is answered with what is to be said of it. */
const distinct = <T>(all: readonly T[]): T[] => [...new Map(all.map((each) => [JSON.stringify(each), each])).values()];
