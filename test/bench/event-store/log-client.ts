/** A client in a process of its own, which is told what to do with the log at a URL and says how long it took. */
import { setTimeout as sleep } from 'node:timers/promises';
import { END, EventStoreDBClient, START, jsonEvent } from '@eventstore/db-client';
import { data, metadata, type } from './appended-event.js';

const url = process.argv[2]!;
const client = EventStoreDBClient.connectionString(url);

/** Milliseconds from the call of an append. */
interface Appended {
  readonly acknowledged: number;
  readonly live: number;
}

const tasks = {
  /** Milliseconds to read all events, and how many there are. */
  async read() {
    const began = performance.now();
    let events = 0;
    for await (const { event } of client.readAll({ fromPosition: START })) if (event) events += 1;
    return { events, took: performance.now() - began };
  },

  /** The same by a subscription, until it has had so many. */
  async subscribe(atMost: number) {
    const began = performance.now();
    let events = 0;
    const subscription = client.subscribeToAll({ fromPosition: START });
    for await (const { event } of subscription) {
      if (event) events += 1;
      if (events === atMost) break;
    }
    return { events, took: performance.now() - began };
  },

  /** Appends one event at a time, with rests, which a subscription of another client waits for. */
  async live(appends: number) {
    const watching = EventStoreDBClient.connectionString(url);
    const subscription = watching.subscribeToAll({ fromPosition: END });
    const arrivals = subscription[Symbol.asyncIterator]();
    await new Promise((resolve) => subscription.once('confirmation', resolve));
    const measured: Appended[] = [];
    for (let nth = 0; nth < appends; nth += 1) {
      const sent = performance.now();
      const since = () => performance.now() - sent;
      const [acknowledged, live] = await Promise.all([
        client.appendToStream(`live-${nth % 10}`, jsonEvent({ type, data, metadata })).then(since),
        arrivals.next().then(since),
      ]);
      measured.push({ acknowledged, live });
      await sleep(5);
    }
    await subscription.unsubscribe();
    await watching.dispose();
    return measured;
  },
};

export type Tasks = typeof tasks;
export interface Task {
  readonly name: keyof Tasks;
  /** Events to be had by `subscribe`, or to be appended by `live`. */
  readonly events?: number;
}

process.on('message', ({ name, events = 0 }: Task) => {
  void tasks[name](events).then((answer) => process.send!(answer));
});
process.send!('ready');
