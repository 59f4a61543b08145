import type { EventLog } from './event-log.js';

/** What appends came to since the process began. */
export interface Appends {
  /** That the store acknowledged. */
  events: number;
  /** How often an append ended in which way: `acknowledged`, or the name of the error. */
  readonly outcomes: Map<string, number>;
  /** That appends took together. */
  seconds: number;
}

/** A log that counts what is appended through it. */
export function countingAppends(log: EventLog): EventLog & { readonly appends: Readonly<Appends> } {
  const appends: Appends = { events: 0, outcomes: new Map(), seconds: 0 };
  const ended = (outcome: string, began: number) => {
    appends.outcomes.set(outcome, (appends.outcomes.get(outcome) ?? 0) + 1);
    appends.seconds += (performance.now() - began) / 1_000;
  };
  return {
    appends,
    async append(stream, expected, events) {
      const began = performance.now();
      try {
        const appended = await log.append(stream, expected, events);
        ended('acknowledged', began);
        appends.events += events.length;
        return appended;
      } catch (error) {
        ended(error instanceof Error ? error.name : 'unknown', began);
        throw error;
      }
    },
    read: log.read.bind(log),
    readAll: log.readAll.bind(log),
    subscribe: log.subscribe.bind(log),
    head: log.head.bind(log),
    close: log.close.bind(log),
  };
}
