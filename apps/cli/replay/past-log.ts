import { once } from 'node:events';
import { StoreRefused, decodedOrUnreadable } from '#event-store';
import type {
  Appended,
  EventCatalogue,
  EventLog,
  ReadAllOptions,
  ReadOptions,
  RecordedEvent,
  SubscribeOptions,
} from '#event-store';
import type { PastEvents } from './past-events.js';

/** A log that ended at a moment: it can be read, and nothing will ever be added to it. */
export class PastLog implements EventLog {
  /** `end`: position of its last event; undefined where it is empty. */
  constructor(
    private readonly past: PastEvents,
    private readonly catalogue: EventCatalogue,
    private readonly end: bigint | undefined,
  ) {}

  append(stream: string): Promise<Appended> {
    return Promise.reject(new StoreRefused(`an append to ${stream}`, new Error('this is the past')));
  }

  async *read(
    stream: string,
    { from, direction = 'forwards', max = Infinity, asStored, signal }: ReadOptions = {},
  ): AsyncGenerator<RecordedEvent> {
    const events = direction === 'forwards' ? this.past.read({ stream }) : this.backwards({ stream });
    const isBefore = ({ revision }: RecordedEvent) =>
      from !== undefined && (direction === 'forwards' ? revision < from : revision > from);
    let left = max;
    for await (const event of events) {
      if (isBefore(event)) continue;
      if (left-- <= 0 || signal?.aborted) return;
      yield this.presented(event, asStored);
    }
  }

  async *readAll({
    after,
    direction = 'forwards',
    max = Infinity,
    asStored,
    withUnreadable,
    signal,
  }: ReadAllOptions = {}): AsyncGenerator<RecordedEvent> {
    const events = direction === 'forwards' ? this.past.read({ after }) : this.backwards();
    let left = max;
    for await (const event of events) {
      if (direction === 'backwards' && after !== undefined && event.position >= after) continue;
      if (left-- <= 0 || signal?.aborted) return;
      yield withUnreadable ? decodedOrUnreadable(this.catalogue, event) : this.presented(event, asStored);
    }
  }

  /** What there is; then it waits for what will never come. */
  async *subscribe({ after, signal }: SubscribeOptions = {}): AsyncGenerator<RecordedEvent> {
    yield* this.readAll({ withUnreadable: true, ...(after !== undefined && { after }), ...(signal && { signal }) });
    if (signal && !signal.aborted) await once(signal, 'abort');
  }

  head(): Promise<bigint | undefined> {
    return Promise.resolve(this.end);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  /** Over HTTP the log only comes forwards. One stream is short enough to be turned round. */
  private async *backwards(wanted: { stream?: string } = {}): AsyncGenerator<RecordedEvent> {
    const events: RecordedEvent[] = [];
    for await (const event of this.past.read(wanted)) events.push(event);
    yield* events.reverse();
  }

  private presented(event: RecordedEvent, asStored = false): RecordedEvent {
    return asStored ? event : this.catalogue.decode(event);
  }
}
