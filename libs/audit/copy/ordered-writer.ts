import { setTimeout as sleep } from 'node:timers/promises';
import { OutcomeUnknown, StoreUnavailable, WrongExpectedRevision } from '#event-store';
import type { EventLog, PendingEvent, RecordedEvent } from '#event-store';
import { heldPosition, holding } from '../held-position.js';
import type { Positions } from '../positions.js';

/** An event cannot get the revision that it has in the log. */
export class RevisionTaken extends Error {
  constructor(stream: string, revision: number, cause: WrongExpectedRevision) {
    super(
      `Event ${revision} of ${stream} cannot have its revision in the other store, where that stream ends at ${cause.actual}: either ` +
        'somebody else writes there, or events are missing in the log (docket verify tells)',
      { cause },
    );
    this.name = 'RevisionTaken';
  }
}

/** Bytes of JSON: the framing of the events has room beside it in an append. */
const fullAppend = 800 * 1024;
const mostInAnAppend = 500;

/** A store that is away for a moment is waited for. */
const attempts = 10;
const pauseMs = 500;

/**
 * Appends events to a store, each at the revision that it has, one append after the other, so that their order over all streams stays.
 * Events of one stream that follow each other go together. Positions that events hold become those of this store.
 */
export class OrderedWriter {
  private pending: PendingEvent[] = [];
  private bytes = 0;
  private stream = '';
  private first = 0;
  /** Of the last events here, as many as are written and whose positions are not known yet. */
  private unread = 0;

  /** `from`: positions of the events up to the one that is being written, where they come from; `here`: of those that are here already. */
  constructor(
    private readonly log: EventLog,
    private readonly from: Positions,
    private readonly here: Positions,
  ) {}

  /** `bytes`: what the event weighs as JSON. */
  async write(event: RecordedEvent, bytes: number): Promise<void> {
    const { stream, revision, id, type } = event;
    const goesOn = stream === this.stream && revision === this.first + this.pending.length;
    if (!goesOn || this.pending.length === mostInAnAppend || this.bytes + bytes > fullAppend) await this.flush();
    const { data, metadata = {} as never } = await this.translated(event);
    if (this.pending.length === 0) [this.stream, this.first] = [stream, revision];
    this.pending.push({ id, type, data, metadata });
    this.bytes += bytes;
  }

  async flush(): Promise<void> {
    const { pending } = this;
    if (pending.length === 0) return;
    const position = await this.append(pending);
    // The answer tells the position of the last event only.
    if (pending.length === 1 && this.unread === 0) this.here.add(position);
    else this.unread += pending.length;
    this.pending = [];
    this.bytes = 0;
  }

  private async append(events: readonly PendingEvent[]): Promise<bigint> {
    const expected = this.first === 0 ? 'no-stream' : this.first - 1;
    for (let attempt = 1; ; attempt++) {
      try {
        return (await this.log.append(this.stream, expected, events)).position;
      } catch (error) {
        if (error instanceof WrongExpectedRevision) throw new RevisionTaken(this.stream, this.first, error);
        // The same ids at the same revisions: what was written after all is recognised by the store.
        const mayPass = error instanceof OutcomeUnknown || error instanceof StoreUnavailable;
        if (!mayPass || attempt === attempts) throw error;
        await sleep(pauseMs);
      }
    }
  }

  private async translated(event: RecordedEvent): Promise<RecordedEvent> {
    const held = heldPosition(event);
    return held === undefined ? event : holding(event, await this.positionHere(this.from.upTo(held)));
  }

  private async positionHere(place: number): Promise<bigint> {
    if (place === 0) return 0n;
    if (place > this.here.size + this.unread) await this.flush();
    if (place > this.here.size) await this.readBack();
    return this.here.at(place);
  }

  private async readBack(): Promise<void> {
    const after = this.here.size === 0 ? {} : { after: this.here.at(this.here.size) };
    for await (const { position } of this.log.readAll({ ...after, asStored: true })) this.here.add(position);
    this.unread = 0;
  }
}
