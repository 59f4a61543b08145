import type { IndexDescription } from 'mongodb';
import type { Collections } from './collections.js';

/**
 * Every order of the queue has an index of its own, which serves any filter: rows that do not match are passed over in order. Filters
 * that leave few rows have one in the default order besides. More would cost every write, each time an incident changes.
 */
const ofIncidents: IndexDescription[] = [
  { key: { lastUpdateDateTime: -1, number: -1 } },
  { key: { createdDateTime: -1, number: -1 } },
  { key: { severityRank: -1, number: -1 } },
  { key: { nameKey: -1, number: -1 } },
  { key: { number: -1 }, unique: true },
  { key: { assignedTo: 1, lastUpdateDateTime: -1, number: -1 } },
  { key: { tagKeys: 1, lastUpdateDateTime: -1, number: -1 } },
  { key: { entityKeys: 1, lastUpdateDateTime: -1, number: -1 } },
  { key: { status: 1, lastUpdateDateTime: -1, number: -1 } },
  { key: { searchTokens: 1 } },
];

const ofAlerts: IndexDescription[] = [{ key: { incidentId: 1, reportedPosition: 1 } }];

/** Creates what is missing; changes nothing that is there. */
export async function createIndexes({ incidents, alerts }: Collections): Promise<void> {
  await incidents.createIndexes(ofIncidents);
  await alerts.createIndexes(ofAlerts);
}
