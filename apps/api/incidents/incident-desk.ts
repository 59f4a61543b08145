import type { Execution } from '#event-store';
import { streams } from '#incidents';
import type { Decision, Incident, IncidentEvent, Refusal } from '#incidents';
import { Problem } from '#platform';
import type { Incidents } from '#process-managers';
import { Answer, positionText } from '../http/answer.js';
import type { Sent } from '../http/envelope.js';
import { refused } from '../http/problem-of.js';
import type { CommandAnswer } from '../openapi/models.js';

/** Numbers from 1: what the register gives out. */
export const isIncidentId = (id: string): boolean => /^[1-9]\d{0,14}$/.test(id);

/** Carries out commands on incidents and says what became of them. */
export class IncidentDesk {
  constructor(private readonly incidents: Incidents) {}

  async decide(
    incidentId: string,
    { command, ifRevision }: Sent,
    decide: (incident: Incident | undefined) => Decision,
  ): Promise<Answer<CommandAnswer>> {
    if (!isIncidentId(incidentId)) throw new Problem('unknown-incident');
    const options = ifRevision === undefined ? {} : { ifRevision };
    const stream = streams.incident(incidentId);
    return answerOf(incidentId, await this.incidents.execute<Refusal>(stream, command, decide, options));
  }
}

/** @throws Problem where the domain refuses */
export function answerOf(incidentId: string, execution: Execution<IncidentEvent, Refusal>): Answer<CommandAnswer> {
  if (execution.outcome === 'refused') throw refused(execution.refusal);
  const { outcome, revision, position, events } = execution;
  return new Answer({ incidentId, revision, position: positionText(position), events }, headersOf(outcome, revision));
}

export const etag = (revision: number): string => `"${revision}"`;

export function headersOf(outcome: string, revision: number): Record<string, string> {
  const headers = { etag: etag(revision) };
  return outcome === 'repeated' ? { ...headers, 'idempotency-replayed': 'true' } : headers;
}
