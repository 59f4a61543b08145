import { randomUUID } from 'node:crypto';
import type { Answer, Client } from '../e2e/client.js';
import { alert, device } from '../e2e/reports.js';

/** Incidents with an alert each that shares nothing with any other. */
export async function incidents(client: Client, count: number): Promise<string[]> {
  const ids: string[] = [];
  while (ids.length < count) ids.push((await report(client, alertOn(randomUUID()))).body.incidentId);
  return ids;
}

export const alertOn = (entity: string) => alert({ evidence: [device(`pc-${entity}`)] });

export const aComment = (comment: string) => ({
  '@odata.type': '#microsoft.graph.security.alertComment',
  comment,
  createdByDisplayName: 'kim',
  createdDateTime: '2026-01-22T12:10:00Z',
});

/** Of which three do not fit into one event. */
export const largeAlert = () =>
  alert({ evidence: Array.from({ length: 100 }, (_, n) => device(`${n}-${randomUUID()}-${'長'.repeat(250)}`)) });

export async function report(client: Client, of: ReturnType<typeof alert>, but: Record<string, unknown> = {}) {
  return must(client.post('/v1/alerts', { ...of, ...but }));
}

export async function alertsInto(client: Client, incidentId: string, count: number): Promise<string[]> {
  const ids: string[] = [];
  while (ids.length < count) ids.push((await report(client, alertOn(randomUUID()), { incidentId })).body.id);
  return ids;
}

export async function alertsOf(client: Client, incidentId: string): Promise<string[]> {
  const { body } = await must(client.get(`/v1/incidents/${incidentId}/alerts`));
  return body.value.map(({ id }: { id: string }) => id);
}

/** What prepares a test succeeds, or the test is none. */
export async function must(answer: Promise<Answer>): Promise<Answer> {
  const { status, body } = await answer;
  if (status >= 300) throw new Error(`What was to be prepared was answered with ${status}: ${JSON.stringify(body)}`);
  return answer;
}
