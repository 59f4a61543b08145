import { isDeepStrictEqual } from 'node:util';
import { FoldedIncidents } from '#audit';
import type { Verification } from '#audit';
import { historyEntry, presentIncident } from '#read-model';
import { streams } from '#incidents';
import type { IncidentEvent } from '#incidents';
import type { RecordedEvent } from '#event-store';
import type { Client } from '../e2e/client.js';
import type { Look } from './sending.js';
import type { Slice } from './slice.js';

type OfIncident = RecordedEvent<IncidentEvent>;

/** JSON has no undefined, no bigint and no Map. */
const asSent = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

/** I-6: rows, alerts and histories are what the log tells, up to `end`. */
export async function wronglyShown(
  client: Client,
  { slice, log, end, incidentIds }: { slice: Slice; log: Verification; end: string; incidentIds: readonly string[] },
): Promise<string[]> {
  const wrong: string[] = [];
  for (const incidentId of incidentIds) {
    const path = `/v1/incidents/${incidentId}`;
    const [row, alerts, history] = await Promise.all([
      client.after(end, path),
      client.after(end, `${path}/alerts?limit=200`),
      client.get(`${path}/history?limit=200`),
    ]);
    const folded = log.incidents.get(incidentId);
    const is = (what: string, shown: unknown, told: unknown) => {
      if (!isDeepStrictEqual(shown, asSent(told)))
        wrong.push(`${path}${what} shows ${JSON.stringify(shown)}, and the log tells ${JSON.stringify(asSent(told))}`);
    };
    is('', row.body, folded && presentIncident(folded));
    const inIt = [...log.alerts].filter((alert) => alert.incidentId === incidentId);
    const essence = (alert: any) => [
      alert.id ?? alert._id,
      alert.status,
      alert.assignedTo,
      alert.title,
      alert.severity,
    ];
    is('/alerts', alerts.body.value?.map(essence).toSorted(), inIt.map(essence).toSorted());
    const entries = slice.of(streams.incident(incidentId)).map((event) => historyEntry(event as OfIncident));
    is('/history', history.body.value?.map(revisionAndType), entries.map(revisionAndType));
  }
  return wrong;
}

const revisionAndType = ({ revision, type, position }: { revision: number; type: string; position: string }) => [
  revision,
  type,
  position,
];

/** I-7: whoever looked saw what the incident was at the revision that was shown, and nothing older than they had been told of. */
export function wronglySeen(looks: readonly Look[], slice: Slice): string[] {
  return looks.flatMap(({ incidentId, after, answer }) => {
    const events = slice.of(streams.incident(incidentId)) as readonly OfIncident[];
    const path = `/v1/incidents/${incidentId}`;
    if (answer.status === 503) return []; // the read model is behind, and says so
    if (answer.status !== 200) return [`${path} answered ${JSON.stringify(answer)}`];
    const { revision } = answer.body;
    const told = after === undefined ? undefined : events.findLast(({ position }) => position <= BigInt(after));
    if (told && told.revision > revision)
      return [`${path} showed revision ${revision}, after ${told.revision} was told`];
    const fold = new FoldedIncidents();
    for (const event of structuredClone(events.slice(0, revision + 1))) fold.apply(event, incidentId);
    const incident = fold.get(incidentId);
    const then = incident && asSent(presentIncident(incident));
    return isDeepStrictEqual(answer.body, then)
      ? []
      : [`${path} showed ${JSON.stringify(answer.body)}, and was ${JSON.stringify(then)}`];
  });
}
