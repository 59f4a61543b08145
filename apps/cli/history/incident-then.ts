import type { DocketClient } from '../connection/docket-client.js';
import { ProblemAnswer } from '../connection/docket-client.js';
import { pagesOf } from '../connection/pages.js';
import { AlertsIn } from './alerts-in.js';
import type { Alert, Entry } from './entry.js';
import { historyPathOf, pathOf } from './entry.js';
import type { AlertRow } from './incident-page.js';

/** What the history says of an incident up to a revision: its last entries, and which alerts were in it. */
export async function historyUpTo(client: DocketClient, incidentId: string, revision: number, lastOnes: number) {
  const alerts = new AlertsIn();
  let last: Entry[] = [];
  reading: for await (const page of pagesOf<Entry>(client, historyPathOf(incidentId)))
    for (const entry of page) {
      if (entry.revision > revision) break reading;
      alerts.note(entry);
      last = [...last, entry].slice(-lastOnes);
    }
  return { alertIds: [...alerts.come], last };
}

/**
 * What is still known of these alerts: what was detected. Whose they were and how far they were is not, for that belongs to the alerts
 * as they are now.
 */
export async function alertsThen(
  client: DocketClient,
  incidentId: string,
  alertIds: readonly string[],
): Promise<AlertRow[]> {
  const wanted = new Set(alertIds);
  const found = new Map<string, AlertRow>();
  for await (const page of pagesOf<Alert>(client, `${pathOf(incidentId)}/alerts`)) {
    for (const alert of page) if (wanted.has(alert.id)) found.set(alert.id, detected(alert));
    if (found.size === wanted.size) break;
  }
  for (const id of alertIds) if (!found.has(id)) found.set(id, await elsewhere(client, id));
  return alertIds.map((id) => found.get(id)!);
}

/** It has left the incident since. */
async function elsewhere(client: DocketClient, id: string): Promise<AlertRow> {
  try {
    return detected(await client.get<Alert>(`/v1/alerts/${encodeURIComponent(id)}`));
  } catch (error) {
    if (error instanceof ProblemAnswer && error.status === 404) return { id, title: '', severity: 'unknown' };
    throw error;
  }
}

const detected = ({ id, title, severity }: Alert): AlertRow => ({ id, title, severity });
