import { describe, expect, it } from '@jest/globals';
import { auditEvents, writeEventLine } from '#audit';
import type { EventLog } from '#event-store';
import { InMemoryEventLog } from '../../../libs/event-store/testing/in-memory-event-log.js';
import { anEvent } from '../../../libs/audit/testing/small-log.js';
import { ProblemAnswer } from '../connection/docket-client.js';
import type { Query } from '../connection/docket-client.js';
import { Refusal } from '../refusal.js';
import { momentOf } from './moment.js';
import { PastEvents } from './past-events.js';
import { PastLog } from './past-log.js';
import { docketEvents } from '#process-managers';

const at = (second: number) => `2026-11-23T12:00:0${second}.000Z`;

/** Eight events on two streams, one a second. */
async function aLog(): Promise<InMemoryEventLog> {
  const log = new InMemoryEventLog();
  for (let n = 0; n < 8; n++)
    await log.append(`incident-${1 + (n % 2)}`, 'any', [anEvent('IncidentCommented', { comment: String(n) }, at(n))]);
  return log;
}

/** GET /v1/events of the log, which is cut off after so many lines of each answer. */
const answering = (log: EventLog, cutAfter = Infinity, how: 'silently' | 'loudly' = 'silently') => ({
  async *lines(_path: string, query: Query = {}) {
    const position = (name: string) => (query[name] === undefined ? undefined : BigInt(query[name] as string));
    const events = auditEvents(log, {
      stream: query.stream as string | undefined,
      after: position('after'),
      upTo: position('upTo'),
      to: query.to === undefined ? undefined : new Date(query.to as string),
    });
    let lines = 0;
    for await (const event of events) {
      if (lines++ === cutAfter) {
        if (how === 'loudly') throw new Refusal('http://127.0.0.1 does not answer (ECONNRESET)');
        return;
      }
      yield writeEventLine(event);
    }
    yield JSON.stringify({ end: { position: String(events.position) } });
  },
});

async function positions(past: PastEvents, stream?: string): Promise<number[]> {
  const found: number[] = [];
  for await (const { position } of past.read(stream === undefined ? {} : { stream })) found.push(Number(position));
  return found;
}

describe('the past', () => {
  it('ends with the event at a position, or with the last one of that very millisecond', async () => {
    const client = answering(await aLog());
    expect(await positions(new PastEvents(async () => client, momentOf('5')))).toEqual([1, 2, 3, 4, 5]);
    expect(await positions(new PastEvents(async () => client, momentOf(at(3))))).toEqual([1, 2, 3, 4]);
    expect(await positions(new PastEvents(async () => client, momentOf('2026-11-23T13:00:03.000+01:00')))).toEqual([
      1, 2, 3, 4,
    ]);
    expect(await positions(new PastEvents(async () => client, momentOf('5')), 'incident-2')).toEqual([2, 4]);
  });

  it.each(['silently', 'loudly'] as const)('comes whole where it is %s cut off again and again', async (how) => {
    const past = new PastEvents(async () => answering(await aLog(), 3, how), momentOf('99'));
    expect(await positions(past)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });

  it('is refused where no more of it comes', async () => {
    await expect(positions(new PastEvents(async () => answering(await aLog(), 0), momentOf('99')))).rejects.toThrow(
      'was cut off',
    );
  }, 10_000);

  it('is asked for with a new token where the old one has ended, in the middle and again later, and once at a time', async () => {
    const log = await aLog();
    let good = 0;
    let connections = 0;
    const connect = async () => {
      const token = ++connections;
      return {
        async *lines(path: string, query?: Query): AsyncGenerator<string, void, void> {
          if (token !== good) throw new ProblemAnswer(401, { title: 'The token has ended' });
          yield* answering(log, 3).lines(path, query);
        },
      };
    };
    const past = new PastEvents(connect, momentOf('99'));
    good = 2;
    expect(await positions(past)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    good = 3;
    expect(await positions(past)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    good = 99;
    await expect(positions(past)).rejects.toThrow('The token has ended');
    expect(connections).toBe(4);
  });

  it('does not grow, once its end is known', async () => {
    const log = await aLog();
    for (const moment of ['99', '2027-01-01T00:00:00Z']) {
      const past = new PastEvents(async () => answering(log), momentOf(moment)).endingAt(8n);
      await log.append('incident-1', 'any', [anEvent('IncidentCommented', { comment: 'Later.' }, at(1))]);
      expect(await positions(past)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    }
    expect(await positions(new PastEvents(async () => answering(log), momentOf('99')).endingAt(0n))).toEqual([]);
  });

  it('is not asked for again by somebody who may not read it', async () => {
    let asked = 0;
    const client = {
      async *lines(): AsyncGenerator<string, void, void> {
        asked++;
        throw new ProblemAnswer(403, { title: 'The token does not allow this' });
      },
    };
    await expect(positions(new PastEvents(async () => client, momentOf('99')))).rejects.toThrow('does not allow this');
    expect(asked).toBe(1);
  });
});

it.each(['2026-11-23', '2026-11-23T12:00:00', '2026-13-01T00:00:00Z', 'yesterday', '-1', '99999999999999999999'])(
  '%s is no moment',
  (text) => expect(() => momentOf(text)).toThrow('Give a position'),
);

describe('a log of the past', () => {
  const aPast = async () =>
    new PastLog(new PastEvents(async () => answering(await aLog(), 3), momentOf('7')), docketEvents, 7n);
  const of = async (events: AsyncIterable<{ position: bigint }>) => {
    const found: number[] = [];
    for await (const { position } of events) found.push(Number(position));
    return found;
  };

  it('is read as a log that ended then', async () => {
    const past = await aPast();
    expect(await past.head()).toBe(7n);
    expect(await of(past.readAll())).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(await of(past.readAll({ after: 2n, max: 2 }))).toEqual([3, 4]);
    expect(await of(past.readAll({ direction: 'backwards', max: 2 }))).toEqual([7, 6]);
    expect(await of(past.readAll({ direction: 'backwards', after: 3n }))).toEqual([2, 1]);
    expect(await of(past.read('incident-1'))).toEqual([1, 3, 5, 7]);
    expect(await of(past.read('incident-1', { from: 1, max: 2 }))).toEqual([3, 5]);
    expect(await of(past.read('incident-1', { direction: 'backwards', from: 2 }))).toEqual([5, 3, 1]);
    expect(await of(past.read('incident-9'))).toEqual([]);
  });

  it('takes nothing', async () => {
    await expect((await aPast()).append('incident-1')).rejects.toThrow('this is the past');
  });

  it('waits, where somebody follows it, for what never comes', async () => {
    const ended = new AbortController();
    const followed = of((await aPast()).subscribe({ after: 5n, signal: ended.signal }));
    setTimeout(() => ended.abort(), 50);
    expect(await followed).toEqual([6, 7]);
  });
});
