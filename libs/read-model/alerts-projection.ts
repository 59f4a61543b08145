import { MongoBulkWriteError } from 'mongodb';
import type { AnyBulkWriteOperation } from 'mongodb';
import type { RecordedEvent } from '#event-store';
import { alertChanges, reportedAlert } from './alert-changes.js';
import type { AlertDocument } from './alert-document.js';
import type { Collections } from './collections.js';
import { assertReadable, isAlertEvent, isIncidentEvent } from './events-of.js';
import { duplicateKey } from './guarded-write.js';
import type { Projection } from './projection.js';

type Write = AnyBulkWriteOperation<AlertDocument>;

/**
 * Documents of the collection `alerts`. No document is read: what an event says of alerts is absolute, so each is written in the
 * order of the log, guarded by position, a cascade as one update of many.
 */
export class AlertsProjection implements Projection {
  readonly name = 'alerts';
  readonly #alerts: Collections['alerts'];

  constructor({ alerts }: Collections) {
    this.#alerts = alerts;
  }

  begin(): void {} // nothing is kept from batch to batch

  async apply(batch: readonly RecordedEvent[]): Promise<void> {
    const writes = batch.flatMap(writesOf);
    if (writes.length > 0) await this.#write(writes);
  }

  /** A report that another projector inserts at the same moment is E11000 once: all is guarded, so all is written again. */
  async #write(writes: readonly Write[], attempts = 3): Promise<void> {
    try {
      await this.#alerts.bulkWrite(writes, { ordered: true });
    } catch (error) {
      if (attempts === 1 || !(error instanceof MongoBulkWriteError && error.code === duplicateKey)) throw error;
      await this.#write(writes, attempts - 1);
    }
  }
}

function writesOf(event: RecordedEvent): Write[] {
  if (isAlertEvent(event)) {
    assertReadable(event);
    if (event.type === 'AlertReported') return [report(reportedAlert(event))];
    if (event.type === 'AlertReportUpdated') return changes(event);
    return [];
  }
  if (!isIncidentEvent(event)) return [];
  assertReadable(event);
  return changes(event);
}

/** The first event of every alert: where the document is there, it reflects this event and perhaps more. */
const report = ({ _id, ...document }: AlertDocument): Write => ({
  updateOne: { filter: { _id }, update: { $setOnInsert: document }, upsert: true },
});

function changes(event: Parameters<typeof alertChanges>[0]): Write[] {
  const { position } = event;
  return alertChanges(event).map(({ alertIds, set, comments }) => {
    // The guard is by position and raises it: under it the count rises once for each event.
    const update = { $set: { ...set, position }, ...(comments ? { $inc: { commentCount: comments } } : {}) };
    const [only] = alertIds;
    return alertIds.length === 1 && only !== undefined
      ? { updateOne: { filter: { _id: only, position: { $lt: position } }, update } }
      : { updateMany: { filter: { _id: { $in: alertIds }, position: { $lt: position } }, update } };
  });
}
