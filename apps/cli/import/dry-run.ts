import { Problem } from '#platform';
import { ProblemAnswer } from '../connection/docket-client.js';
import type { AlertResult, Destination } from './destination.js';
import { alertIdOf } from './united.js';

/** Reads everything as the API would and keeps nothing: what is wrong in itself shows, not what Docket has otherwise already. */
export async function dryRun(): Promise<Destination> {
  // Here, for no other command should wait until the whole API is loaded.
  const { readAlertAlong, readGraphIncident } = await import('#api');
  const now = new Date().toISOString();

  return async ({ source, incident }) => {
    const read = asAnswered(() => readGraphIncident(incident, source, now));
    const along = read.alerts.map((alert) => readAlertAlong(alert, now));
    const readable = along.flatMap((each) => (each instanceof Problem ? [] : [each]));
    return {
      ...{ incidentId: null, outcome: 'readable', differences: [] },
      adapted: [read, ...readable].flatMap(({ adapted }) => adapted),
      alerts: along.map((each, index) => resultOf(each, read.alerts[index])),
      comments: { readable: [read, ...readable.map(({ along }) => along)].flatMap(({ comments }) => comments).length },
    };
  };
}

function asAnswered<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw error instanceof Problem ? new ProblemAnswer(error.status, error.toJSON()) : error;
  }
}

function resultOf(read: unknown, alert: unknown): AlertResult {
  const about = { id: alertIdOf(alert) ?? null, incidentId: null };
  return read instanceof Problem
    ? { ...about, outcome: 'refused', problem: read.toJSON() }
    : { ...about, outcome: 'readable' };
}
