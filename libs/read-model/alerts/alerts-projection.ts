import type { AnyBulkWriteOperation } from 'mongodb';
import { isUnreadable } from '#event-store';
import type { EventLog, RecordedEvent } from '#event-store';
import { alertChanges, reportedAlert } from './alert-changes.js';
import type { AlertChange } from './alert-changes.js';
import type { AlertDocument } from './alert-document.js';
import type { Collections } from '../collections.js';
import type { AlertEvent, IncidentEvent } from '#incidents';
import { assertReadable, idOfStream, isAlertEvent, isIncidentEvent, isKnown } from '../events-of.js';
import { writeGuarded } from '../guarded-write.js';
import type { Parked } from '../parking/parked.js';
import { refoldAlerts } from '../parking/refold-alerts.js';
import { nothingParked } from '../projection.js';
import type { ParkedStreams, Projection } from '../projection.js';

type Write = AnyBulkWriteOperation<AlertDocument>;

/** What a batch writes: alerts that it reports, folded through all that it says of them, and changes of those reported before it. */
interface Writes {
  readonly reported: ReadonlyMap<string, AlertDocument>;
  readonly changes: readonly Write[];
}

/**
 * Documents of the collection `alerts`. No document is read: what an event says of alerts is absolute, so each is written in the
 * order of the log, guarded by position, a cascade as one update of many. An alert that is reported in the batch is written once.
 *
 * Alerts that an event of a parked stream speaks of are marked. What is said of them elsewhere is written as ever: where they are stays
 * right so, and all else is folded anew before it is shown.
 */
export class AlertsProjection implements Projection {
  readonly name = 'alerts';
  readonly #alerts: Collections['alerts'];

  constructor({ alerts }: Collections) {
    this.#alerts = alerts;
  }

  begin(): void {} // nothing is kept from batch to batch

  async apply(batch: readonly RecordedEvent[], parked: ParkedStreams = nothingParked): Promise<void> {
    const { reported, changes } = writesOf(batch, parked);
    if (reported.size > 0) await writeGuarded(this.#alerts, [...reported.values()].map(replacementBy));
    if (changes.length > 0) await this.#alerts.bulkWrite([...changes], { ordered: true });
  }

  refold(log: EventLog, parked: Parked, upTo: bigint): Promise<boolean> {
    return refoldAlerts(this.#alerts, log, parked, upTo);
  }
}

/** `reported`: those that are folded in memory already, to which those of the batch are added. */
export function writesOf(
  batch: readonly RecordedEvent[],
  parked: ParkedStreams,
  reported = new Map<string, AlertDocument>(),
): Writes {
  const changes: Write[] = [];
  for (const event of batch) {
    if (!isAlertEvent(event) && !isIncidentEvent(event)) continue;
    const parkedAt = parked.get(event.stream);
    if (parkedAt === undefined) assertReadable(event);
    else if (isAlertEvent(event) && event.revision === 0) {
      const { id } = idOfStream(event.stream);
      reported.set(id, standIn(id, event));
      continue;
    }
    if (event.type === 'AlertReported') {
      // The first event of every alert: nothing that was said of it is older.
      if (event.revision === 0) reported.set(event.data.report.id, reportedAlert(event));
      continue;
    }
    const said = parkedAt === undefined ? { changes: alertChanges(event) } : marksOf(event, parkedAt);
    if (said.ofAll) changes.push(markAll(event, reported));
    for (const change of said.changes) {
      const before = change.alertIds.filter((alertId) => !changed(reported.get(alertId), change, event.position));
      if (before.length > 0) changes.push(updateOf({ ...change, alertIds: before }, event.position));
    }
  }
  return { reported, changes };
}

/** An alert whose report cannot be read. The incident that it comes into can so name it. */
const standIn = (id: string, { stream, position }: RecordedEvent): AlertDocument =>
  ({
    _id: id,
    incidentId: null,
    departedFrom: null,
    parkedWith: stream,
    reportedPosition: position,
    position,
  }) as AlertDocument;

/** What is said, and whether it may be said of all that are in the incident. */
interface Said {
  readonly changes: readonly AlertChange[];
  readonly ofAll?: boolean;
}

/** What an event of a parked stream says, with the mark. */
function marksOf(event: RecordedEvent<IncidentEvent | AlertEvent>, parkedAt: bigint): Said {
  const parkedWith = event.stream;
  if (isAlertEvent(event)) return { changes: [{ alertIds: [idOfStream(event.stream).id], set: { parkedWith } }] };
  const said = namedBy(event);
  if (said && event.position !== parkedAt && isKnown(event))
    return { changes: said.map((change) => ({ ...change, set: { ...change.set, parkedWith } })) };
  // What cannot be understood may say anything, also of those that it does not seem to name.
  return { ofAll: true, changes: (said ?? []).map(({ alertIds }) => ({ alertIds, set: { parkedWith } })) };
}

/** Undefined where that cannot be read. */
function namedBy(event: RecordedEvent<IncidentEvent>): AlertChange[] | undefined {
  if (isUnreadable(event)) return undefined;
  try {
    const changes = alertChanges(event);
    return changes.every(({ alertIds }) => Array.isArray(alertIds)) ? changes : undefined;
  } catch {
    return undefined;
  }
}

function markAll({ stream, position }: RecordedEvent, reported: ReadonlyMap<string, AlertDocument>): Write {
  const incidentId = idOfStream(stream).id;
  const mark = { parkedWith: stream };
  for (const alert of reported.values()) if (alert.incidentId === incidentId) Object.assign(alert, mark);
  return {
    updateMany: { filter: { incidentId: { $eq: incidentId }, position: { $lt: position } }, update: { $set: mark } },
  };
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
