import { SubscriptionSilent } from './errors.js';
import type { RecordedEvent } from './event.js';
import type { EventLog, SubscribeOptions } from './event-log.js';
import { Tail } from './tail.js';

/**
 * A log with one live subscription for all in this process who follow it: an event is sent and decoded once, however many handle it.
 * They get the same objects, which nobody may change. Where several ask for the head at the same time, the store is asked once.
 */
export function sharingSubscription(log: EventLog): EventLog {
  const shared = new SharedSubscription(log);
  return {
    append: log.append.bind(log),
    read: log.read.bind(log),
    readAll: log.readAll.bind(log),
    subscribe: shared.subscribe.bind(shared),
    head: askedTogether(() => log.head()),
    close: log.close.bind(log),
  };
}

/** One question for all who ask in the same turn of the event loop: the answer is newer than each of theirs. */
function askedTogether<T>(ask: () => Promise<T>): () => Promise<T> {
  let next: Promise<T> | undefined;
  const nextTurn = async () => {
    await new Promise((resolve) => setImmediate(resolve));
    next = undefined;
    return ask();
  };
  return () => (next ??= nextTurn());
}

class SharedSubscription {
  private tail: Tail | undefined;
  private members = 0;

  constructor(private readonly log: EventLog) {}

  /** Reads up to the present by itself, then goes on with what comes to all. */
  async *subscribe({ after, signal }: SubscribeOptions = {}): AsyncGenerator<RecordedEvent> {
    let position = after;
    while (!signal?.aborted) {
      const from = position === undefined ? {} : { after: position };
      for await (const event of this.log.readAll({ ...from, withUnreadable: true })) {
        if (signal?.aborted) return;
        position = event.position;
        yield event;
      }
      const tail = (this.tail ??= new Tail(this.log, position));
      this.members++;
      try {
        let number = tail.numberAfter(position);
        while (number !== undefined && (tail.at(number) ?? (await tail.comes(number, signal)))) {
          const event = tail.at(number++)!;
          position = event.position;
          yield event;
          if (signal?.aborted) return;
        }
        if (tail.hasEnded) return;
      } finally {
        this.members--;
        if (this.members === 0 || tail.hasEnded || signal?.reason instanceof SubscriptionSilent) this.end(tail);
      }
    }
  }

  private end(tail: Tail): void {
    if (this.tail === tail) this.tail = undefined;
    tail.stop();
  }
}
