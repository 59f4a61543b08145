import type { IndexDescription } from 'mongodb';
import type { Collections } from './collections.js';

/**
 * Every order of the queue has an index of its own, which serves filters that leave much: rows that do not match are passed over in
 * order. Filters that leave little have one each, by which all that match are read and then sorted. Between the two the server chooses.
 *
 * Whatever ends in `lastUpdateDateTime` is written with every visible change, once for each element of an array; of the others only
 * what changed is. So only the filters that analysts work with all day give the next page of the default order without a sort.
 */
const ofIncidents: IndexDescription[] = [
  // The five orders. They also bound the two times; severityRank is what severities are filtered by.
  { key: { lastUpdateDateTime: -1, number: -1 } },
  { key: { createdDateTime: -1, number: -1 } },
  { key: { severityRank: -1, number: -1 } },
  { key: { nameKey: -1, number: -1 } },
  { key: { number: -1 }, unique: true },

  // My incidents, the unassigned, the open ones, a tag that a team works by.
  { key: { assignedTo: 1, status: 1, lastUpdateDateTime: -1, number: -1 } },
  { key: { tagKeys: 1, status: 1, lastUpdateDateTime: -1, number: -1 } },
  { key: { status: 1, lastUpdateDateTime: -1, number: -1 } },

  // What an investigation asks for now and then. These change when somebody judges or an alert of a new kind joins.
  { key: { classification: 1 } },
  { key: { determination: 1 } },
  { key: { categories: 1 } },
  { key: { serviceSources: 1 } },
  { key: { detectionSources: 1 } },

  // Who comes from elsewhere asks by the id that it had there. These never change.
  { key: { externalId: 1 } },
  { key: { externalSource: 1 } },

  // Words that begin with what is typed: a stretch of the tokens.
  { key: { searchTokens: 1 } },

  // What changed since somebody asked last.
  { key: { position: 1 } },
];

const ofEntities: IndexDescription[] = [
  // Those of an incident; its assets in order.
  { key: { incidentId: 1, assetKey: 1 } },
  // Where more incidents than are looked at are about the same, the newest.
  { key: { key: 1, number: -1 } },
  // Words of assets' names that begin with what is typed.
  { key: { searchTokens: 1 } },
];

const ofAlerts: IndexDescription[] = [{ key: { incidentId: 1, reportedPosition: 1 } }];

/** Creates what is missing; changes nothing that is there. */
export async function createIndexes({ incidents, entities, alerts }: Collections): Promise<void> {
  await incidents.createIndexes(ofIncidents);
  await entities.createIndexes(ofEntities);
  await alerts.createIndexes(ofAlerts);
}
