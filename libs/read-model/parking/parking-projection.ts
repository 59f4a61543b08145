import type { Collection } from 'mongodb';
import { isUnreadable } from '#event-store';
import type { EventLog, RecordedEvent } from '#event-store';
import { isAlertEvent, idOfStream, isIncidentEvent } from '../events-of.js';
import type { Projection, ProjectionName } from '../projection.js';
import { describe, parkedId } from './parked.js';
import type { ParkedDocument } from './parked.js';
import { isPoison } from './poison.js';

/** More than this is no accident of some events. */
export const mostParked = 100;

export interface ParkingOptions {
  readonly log: EventLog;
  readonly parked: Collection<ParkedDocument>;
  /** Told what is parked, and what became of an unparking. */
  readonly report: (message: string) => void;
}

/** So much is parked that the fault must lie in this Docket, or in all that a later one wrote. */
export class TooMuchParked extends Error {
  constructor(projection: ProjectionName, cause: unknown) {
    super(
      `The projection ${projection} has parked ${mostParked} streams and met another event that it cannot project ` +
        `(${reasonOf(cause)}): run the version of Docket that wrote these events, or a later one; \`docket unpark\` lists them`,
      { cause },
    );
    this.name = 'TooMuchParked';
  }
}

/**
 * A projection that goes on past events that cannot be projected: the stream of such an event is parked, which marks what it concerns as
 * not to be shown, and passed over from there on, until somebody asks for it to be folded anew.
 *
 * Two projectors may be at work, and each crash between any two writes. So that nothing passed over is ever forgotten, `passedOver` is
 * raised before the events are passed over, and a parking ends only where it stands as it stood when the folding began: whoever passes over more
 * meanwhile makes it begin again, and whoever comes too late finds the parking gone and projects as ever. Marks are guarded by
 * position like all writes.
 */
export class ParkingProjection {
  readonly #projection: Projection;
  readonly #parked = new Map<string, bigint>();

  constructor(
    projection: Projection,
    private readonly options: ParkingOptions,
  ) {
    this.#projection = projection;
  }

  get name(): ProjectionName {
    return this.#projection.name;
  }

  /** As far as it knows. */
  get hasParked(): boolean {
    return this.#parked.size > 0;
  }

  async begin(): Promise<void> {
    this.#projection.begin(this.options.log);
    await this.#learn();
  }

  /** Rejects where not the events are at fault, and with TooMuchParked. */
  async apply(batch: readonly RecordedEvent[]): Promise<void> {
    await this.#passOver(batch);
    try {
      await this.#projection.apply(batch, this.#parked);
    } catch (error) {
      if (!this.#projection.refold || !isPoison(error)) throw error;
      for (const event of batch) await this.#applyOne(event);
    }
  }

  /** Folds anew what somebody asked for. To be called between two batches; `position`: of the last event that was applied. */
  async takeUpRequests(position: bigint): Promise<void> {
    for (const parked of await this.#learn()) if (parked.unparkRequested) await this.#unpark(parked, position);
  }

  async #applyOne(event: RecordedEvent): Promise<void> {
    await this.#passOver([event]);
    try {
      await this.#projection.apply([event], this.#parked);
    } catch (error) {
      if (!isPoison(error) || !(isIncidentEvent(event) || isAlertEvent(event))) throw error;
      await this.#park(event, error);
      await this.#projection.apply([event], this.#parked);
    }
  }

  async #park(event: RecordedEvent, error: unknown): Promise<void> {
    const { stream, revision, position, id } = event;
    const type = isUnreadable(event) ? event.data.type : event.type;
    if (!this.#parked.has(stream)) {
      if (this.#parked.size >= mostParked) throw new TooMuchParked(this.name, error);
      const begun: Omit<ParkedDocument, '_id'> = {
        projection: this.name,
        stream,
        ...idOfStream(stream),
        event: { stream, revision, position, id, type },
        reason: reasonOf(error, `Event ${revision} of ${stream} (${type})`),
        passedOver: position,
        time: new Date().toISOString(),
        unparkRequested: false,
      };
      const _id = parkedId(this.name, stream);
      await this.options.parked.updateOne({ _id }, { $setOnInsert: begun }, { upsert: true });
      this.options.report(`${this.name} has parked ${describe(begun)}: ${begun.reason}`);
    }
    this.#parked.set(stream, position);
  }

  /** Says how far, before it is done; forgets what is not parked any more. */
  async #passOver(batch: readonly RecordedEvent[]): Promise<void> {
    if (this.#parked.size === 0) return;
    const last = new Map<string, bigint>();
    for (const { stream, position } of batch) if (this.#parked.has(stream)) last.set(stream, position);
    for (const [stream, passedOver] of last) {
      const _id = parkedId(this.name, stream);
      const { matchedCount } = await this.options.parked.updateOne({ _id }, { $max: { passedOver } });
      if (matchedCount === 0) this.#forget(stream);
    }
  }

  async #learn(): Promise<ParkedDocument[]> {
    const documents = await this.options.parked.find({ projection: { $eq: this.name } }).toArray();
    const there = new Set(documents.map(({ stream }) => stream));
    for (const stream of this.#parked.keys()) if (!there.has(stream)) this.#forget(stream);
    for (const { stream, event } of documents) if (!this.#parked.has(stream)) this.#parked.set(stream, event.position);
    return documents;
  }

  /** Somebody else may have written what is in memory here. */
  #forget(stream: string): void {
    this.#parked.delete(stream);
    this.#projection.begin(this.options.log);
  }

  async #unpark(parked: ParkedDocument, position: bigint): Promise<void> {
    const { _id, stream, passedOver } = parked;
    const { parked: collection, log, report } = this.options;
    try {
      const upTo = passedOver > position ? passedOver : position;
      if (!(await this.#projection.refold?.(log, parked, upTo))) return;
    } catch (error) {
      if (!isPoison(error)) throw error;
      const failed = { reason: reasonOf(error), time: new Date().toISOString(), unparkRequested: false };
      await collection.updateOne({ _id }, { $set: failed });
      report(`${this.name} leaves ${describe(parked)} parked: ${failed.reason}`);
      return;
    }
    const { deletedCount } = await collection.deleteOne({ _id, passedOver: { $eq: passedOver } });
    if (deletedCount === 0) return; // more was passed over meanwhile: the request stands
    this.#forget(stream);
    report(`${this.name} shows ${describe(parked)} again`);
  }
}

/** Messages of our own name the event; those of the language do not. */
function reasonOf(error: unknown, event?: string): string {
  const message = error instanceof Error ? error.message : String(error);
  return event === undefined || message.startsWith('Event ') ? message : `${event}: ${message}`;
}
