import { randomUUID } from 'node:crypto';
import type { Answer, Client } from '../e2e/client.js';
import { alert, device } from '../e2e/reports.js';

/** A command with a key of its own: sent any number of times, it must have one effect. */
export interface Sending {
  readonly key: string;
  readonly path: string;
  readonly body: unknown;
  /** What the history of exactly one incident must hold exactly once. */
  readonly comment?: string;
  /** The alert that must be in exactly one incident. */
  readonly alertId?: string;
  answer?: Answer;
}

/** Mostly comments, which can be told apart; some reports, openings and moves, which span streams. */
export function aSending(incidentIds: readonly string[], alertIds: readonly string[]): Sending {
  const key = randomUUID();
  const incidentId = pick(incidentIds);
  const dice = Math.random();
  if (dice < 0.05) {
    const report = alert({ evidence: [device(`pc-${Math.floor(Math.random() * 20)}`)] });
    return { key, path: '/v1/alerts', body: report, alertId: report.id };
  }
  if (dice < 0.1) return { key, path: '/v1/incidents', body: { displayName: key } };
  if (dice < 0.15) {
    const alertId = pick(alertIds);
    return { key, path: '/v1/alerts/move', body: { alertIds: [alertId], incidentId }, alertId };
  }
  if (dice < 0.2) return { key, path: `/v1/alerts/${pick(alertIds)}/comments`, body: { comment: key }, comment: key };
  return { key, path: `/v1/incidents/${incidentId}/comments`, body: { comment: key }, comment: key };
}

const pick = <T>(from: readonly T[]): T => from[Math.floor(Math.random() * from.length)]!;

/** Sends at `width` at once until all are acknowledged or the docket is gone; `acknowledged` is told after each answer. */
export async function send(
  client: Client,
  sendings: readonly Sending[],
  width: number,
  acknowledged: (count: number) => void = () => {},
): Promise<void> {
  let next = 0;
  let count = 0;
  let gone = false;
  const worker = async () => {
    while (!gone && next < sendings.length) {
      const sending = sendings[next++]!;
      try {
        const answer = await client.post(sending.path, sending.body, { headers: { 'idempotency-key': sending.key } });
        if (answer.status >= 500) continue; // unknown, or nothing was done: it is sent again
        sending.answer = answer;
        acknowledged(++count);
      } catch {
        gone = true;
      }
    }
  };
  await Promise.all(Array.from({ length: width }, worker));
}
