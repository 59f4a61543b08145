import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import type { EventLog } from '#event-store';
import { docketEvents } from '#process-managers';
import { InMemoryEventLog } from '../../../libs/event-store/testing/in-memory-event-log.js';
import { LiveFeed, liveLimits } from './live-feed.js';
import type { LiveLimits } from './live-feed.js';
import { Listener } from './testing/listener.js';

const metadata = {
  $correlationId: 'c',
  $causationId: 'c',
  actor: { id: 'ann', name: 'Ann', kind: 'user' as const },
  at: '2026-11-23T00:00:00.000Z',
  schema: 1,
};
const commented = (comment: unknown, type = 'IncidentCommented', schema = 1) => ({
  id: randomUUID(),
  type,
  data: { comment },
  metadata: { ...metadata, schema },
});

/** A feed of a log in memory behind a bare server: the path is the incident, the query the position. */
class FeedUnderTest {
  readonly log = new InMemoryEventLog(docketEvents);
  readonly feed: LiveFeed;
  private readonly server: Server;
  expiresAt = Date.now() + 60_000;
  actorId = 'ann';

  constructor(limits: Partial<LiveLimits> = {}, reading: (log: EventLog) => EventLog = (log) => log) {
    this.feed = new LiveFeed(reading(this.log), { ...liveLimits, ...limits });
    this.server = createServer((request, response) => {
      const { pathname, searchParams } = new URL(request.url!, 'http://x');
      const after = searchParams.get('after');
      void this.feed.beginsAt(after === null ? undefined : BigInt(after)).then((position) => {
        try {
          const incidentId = pathname.slice(1) || undefined;
          this.feed.serve(response, position!, { actorId: this.actorId, incidentId, expiresAt: this.expiresAt });
        } catch (error) {
          response.writeHead((error as { status: number }).status).end();
        }
      });
    });
  }

  async say(incidentId: string, ...comments: unknown[]): Promise<void> {
    await this.log.append(
      `incident-${incidentId}`,
      'any',
      comments.map((comment) => commented(comment)),
    );
  }

  async listen(path = '/'): Promise<Listener> {
    if (!this.server.listening) await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return Listener.at(`http://127.0.0.1:${(this.server.address() as AddressInfo).port}${path}`);
  }

  async stop(): Promise<void> {
    await this.feed.stop();
    this.server.closeAllConnections();
    this.server.close();
  }
}

let test: FeedUnderTest;
afterEach(() => test.stop());

const saidIn = ({ entries }: Listener) => entries.map(({ data }) => data.comment);

describe('the live feed', () => {
  it('gives every listener what happened, each event once and in order, however often it is cut off', async () => {
    const step = fc.oneof(
      fc.record({ say: fc.constantFrom('1', '2', '3'), times: fc.integer({ min: 1, max: 5 }) }),
      fc.record({ cut: fc.integer({ min: 0, max: 2 }) }),
      fc.constant({ wait: true }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        test = new FeedUnderTest({ idleMs: 1 });
        await test.log.append('register', 'any', [commented(null, 'IncidentRegistered')]);
        const paths = ['/', '/1', '/2'];
        const heard = paths.map(() => [] as string[]);
        const listen = (path: string, index: number) => test.listen(`${path}?after=${heard[index]!.at(-1) ?? 0}`);
        const listeners = await Promise.all(paths.map(listen));
        const leave = async (index: number) => {
          await listeners[index]!.leave();
          heard[index]!.push(...listeners[index]!.entries.map(({ id }) => id));
        };
        let count = 0;
        for (const each of steps) {
          if ('say' in each) for (let n = 0; n < each.times; n++) await test.say(each.say, `${count++}`);
          else if ('cut' in each) {
            await leave(each.cut);
            listeners[each.cut] = await listen(paths[each.cut]!, each.cut);
          } else await sleep(2);
        }
        const expected: string[][] = [[], [], []];
        for await (const { stream, position } of test.log.readAll())
          for (const [index, path] of paths.entries())
            if (stream.startsWith(`incident-${path.slice(1)}`)) expected[index]!.push(String(position));
        for (const [index, all] of expected.entries()) {
          await listeners[index]!.hears(1 + all.length - heard[index]!.length);
          await leave(index);
        }
        expect(heard).toEqual(expected);
        await test.stop();
      }),
      { numRuns: 40 },
    );
  }, 30_000);

  it('drops who does not read, and goes on for them exactly where they were', async () => {
    test = new FeedUnderTest({ mostUnread: 300_000 });
    const [slow, quick] = [await test.listen(), await test.listen()];
    await slow.hears(1);
    slow.response.pause();
    const text = 'x'.repeat(100_000);
    for (let n = 0; n < 500 && test.feed.connections === 2; n++) {
      await test.say('1', `${n}${text}`);
      await sleep(1);
    }
    expect(test.feed.connections).toBe(1);
    slow.response.resume();
    await slow.closed;
    expect(slow.response.complete).toBe(false);

    await test.say('1', 'last');
    const resumed = await test.listen(`/?after=${slow.last!.id}`);
    const total = Number(await test.log.head());
    await quick.hears(total + 1);
    await resumed.hears(1 + total - slow.entries.length);
    expect([...saidIn(slow), ...saidIn(resumed)]).toEqual(saidIn(quick));
    expect(saidIn(resumed).length).toBeGreaterThan(1);
  });

  it('waits for who reads slowly what was missed, and not for ever', async () => {
    test = new FeedUnderTest({ mostUnread: 100_000, patienceMs: 1_000 });
    for (let n = 0; n < 60; n++) await test.say('1', `${n}${'x'.repeat(200_000)}`);
    const slow = await test.listen('/?after=0');
    const stuck = await test.listen('/?after=0');
    stuck.response.pause();
    for (let n = 0; n < 20; n++) {
      slow.response.pause();
      await sleep(10);
      slow.response.resume();
      await sleep(2);
    }
    await slow.hears(61);
    while (test.feed.connections > 1) await sleep(20);
    await test.say('1', 'now');
    await slow.hears(62);
    expect(saidIn(slow).at(-1)).toBe('now');
  });

  it('shows an event that cannot be understood as such, and goes on', async () => {
    test = new FeedUnderTest();
    await test.say('1', 'before');
    const live = await test.listen();
    await live.hears(1);
    await test.log.append('incident-1', 'any', [commented('?', 'IncidentCommented', 0)]);
    await test.log.append('incident-1', 'any', [{ ...commented('?', 'IncidentTagged'), data: {} }]);
    await test.log.append('alert-a', 'any', [commented('?', 'AlertReported', 0)]);
    await test.say('1', 'after');
    await live.hears(4);
    const all = [
      {
        event: 'unreadable',
        id: '2',
        data: { incidentId: '1', revision: 1, position: '2', type: 'IncidentCommented' },
      },
      { event: 'unreadable', id: '3', data: { incidentId: '1', revision: 2, position: '3', type: 'IncidentTagged' } },
      expect.objectContaining({ event: 'comment', id: '5' }),
    ];
    expect(live.entries).toEqual(all);
    const missed = await test.listen('/1?after=1');
    await missed.hears(4);
    expect(missed.entries).toEqual(all);
    await test.say('1', 'more');
    await live.hears(5);
  });

  it('ends a stream with the token that it was begun with', async () => {
    test = new FeedUnderTest();
    test.expiresAt = Date.now() + 50;
    const stream = await test.listen();
    await stream.closed;
    expect(stream.last).toEqual({ event: 'end', id: '0', data: { because: 'token-expired' } });
    expect(test.feed.connections).toBe(0);
  });

  it('takes tokens that are good for longer than a timer can wait', async () => {
    test = new FeedUnderTest();
    test.expiresAt = Date.now() + 100 * 24 * 3_600_000;
    const stream = await test.listen();
    await stream.hears(1);
    await test.say('1', 'still here');
    await stream.hears(2);
  });

  it('gives signs of life', async () => {
    test = new FeedUnderTest({ heartbeatMs: 10 });
    const stream = await test.listen();
    await sleep(60);
    expect(stream.text).toContain('\n\n: heartbeat\n\n: heartbeat\n\n');
  });

  it('refuses more streams than it has room for', async () => {
    test = new FeedUnderTest({ mostStreams: 2 });
    const [first] = [await test.listen(), await test.listen()];
    expect((await test.listen()).response.statusCode).toBe(503);
    await first.leave();
    while (test.feed.connections > 1) await sleep(2);
    expect((await test.listen()).response.statusCode).toBe(200);
  });

  it('refuses one actor more than a share of it, so that others find room', async () => {
    test = new FeedUnderTest({ mostOfOne: 2 });
    const [first] = [await test.listen(), await test.listen()];
    expect((await test.listen()).response.statusCode).toBe(503);
    test.actorId = 'bob';
    expect((await test.listen()).response.statusCode).toBe(200);
    test.actorId = 'ann';
    await first.leave();
    while (test.feed.connections > 2) await sleep(2);
    expect((await test.listen()).response.statusCode).toBe(200);
  });

  it('goes on after the store was away', async () => {
    let isAway = false;
    test = new FeedUnderTest({}, (log) => ({
      ...log,
      append: log.append.bind(log),
      read: log.read.bind(log),
      readAll: log.readAll.bind(log),
      head: log.head.bind(log),
      close: log.close.bind(log),
      async *subscribe(options) {
        for await (const event of log.subscribe(options)) {
          if (isAway) throw new Error('away');
          yield event;
        }
      },
    }));
    const stream = await test.listen();
    await test.say('1', 'a');
    await stream.hears(2);
    isAway = true;
    await test.say('1', 'b');
    await sleep(20);
    isAway = false;
    await test.say('1', 'c');
    await stream.hears(4);
    expect(saidIn(stream)).toEqual(['a', 'b', 'c']);
  });
});
