import type { AnyBulkWriteOperation } from 'mongodb';
import type { RecordedEvent } from '#event-store';
import { alertChanges, reportedAlert } from './alert-changes.js';
import type { AlertChange } from './alert-changes.js';
import type { AlertDocument } from './alert-document.js';
import type { Collections } from './collections.js';
import { assertReadable, isAlertEvent, isIncidentEvent } from './events-of.js';
import { writeGuarded } from './guarded-write.js';
import type { Projection } from './projection.js';

type Write = AnyBulkWriteOperation<AlertDocument>;

/** What a batch writes: alerts that it reports, folded through all that it says of them, and changes of those reported before it. */
interface Writes {
  readonly reported: ReadonlyMap<string, AlertDocument>;
  readonly changes: readonly Write[];
}

/**
 * Documents of the collection `alerts`. No document is read: what an event says of alerts is absolute, so each is written in the
 * order of the log, guarded by position, a cascade as one update of many. An alert that is reported in the batch is written once.
 */
export class AlertsProjection implements Projection {
  readonly name = 'alerts';
  readonly #alerts: Collections['alerts'];

  constructor({ alerts }: Collections) {
    this.#alerts = alerts;
  }

  begin(): void {} // nothing is kept from batch to batch

  async apply(batch: readonly RecordedEvent[]): Promise<void> {
    const { reported, changes } = writesOf(batch);
    if (reported.size > 0) await writeGuarded(this.#alerts, [...reported.values()].map(replacementBy));
    if (changes.length > 0) await this.#alerts.bulkWrite([...changes], { ordered: true });
  }
}

function writesOf(batch: readonly RecordedEvent[]): Writes {
  const reported = new Map<string, AlertDocument>();
  const changes: Write[] = [];
  for (const event of batch) {
    if (!isAlertEvent(event) && !isIncidentEvent(event)) continue;
    assertReadable(event);
    if (event.type === 'AlertReported') {
      // The first event of every alert: nothing that was said of it is older.
      if (event.revision === 0) reported.set(event.data.report.id, reportedAlert(event));
    } else
      for (const change of alertChanges(event)) {
        const before = change.alertIds.filter((alertId) => !changed(reported.get(alertId), change, event.position));
        if (before.length > 0) changes.push(updateOf({ ...change, alertIds: before }, event.position));
      }
  }
  return { reported, changes };
}

/** False where there is no document. */
function changed(document: AlertDocument | undefined, { set, comments = 0 }: AlertChange, position: bigint): boolean {
  if (!document) return false;
  Object.assign(document, set, { position, commentCount: document.commentCount + comments });
  return true;
}

/** Where the document is there, it reflects the report, and perhaps no less than this: then it stays. */
const replacementBy = (document: AlertDocument): Write => ({
  replaceOne: {
    filter: { _id: document._id, position: { $lt: document.position } },
    replacement: document,
    upsert: true,
  },
});

function updateOf({ alertIds, set, comments }: AlertChange, position: bigint): Write {
  // The guard is by position and raises it: under it the count rises once for each event.
  const update = { $set: { ...set, position }, ...(comments ? { $inc: { commentCount: comments } } : {}) };
  const [only] = alertIds;
  return alertIds.length === 1 && only !== undefined
    ? { updateOne: { filter: { _id: only, position: { $lt: position } }, update } }
    : { updateMany: { filter: { _id: { $in: [...alertIds] }, position: { $lt: position } }, update } };
}
