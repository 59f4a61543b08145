import { beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { catalogue } from '#event-store';
import type { ReadAllOptions, RecordedEvent } from '#event-store';
import { InMemoryEventLog } from '../event-store/testing/in-memory-event-log.js';
import { auditEvents } from './index.js';
import type { AuditQuery, AuditedEvents } from './index.js';

/** Upcasts everything into nothing: whatever is seen was read as stored. */
const log = new InMemoryEventLog(catalogue({ Added: { schema: 2, upcast: { 1: () => ({}) } } }));
const streams = ['incident-1', 'incident-12', 'alert-a', 'incident-1', 'register'];
const actors = [
  { id: 'u-1', name: 'Ana', kind: 'user' },
  { id: 'u-2', name: 'Ben', kind: 'user' },
] as const;
const second = (n: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, n));

/** 60 events; that at position n is of stream n - 1 modulo 5, by the actors in turn, in second n of the year. */
beforeAll(async () => {
  for (let n = 1; n <= 60; n++) {
    const metadata = {
      $correlationId: 'c',
      $causationId: `command ${n}`,
      actor: actors[n % 2]!,
      at: second(n).toISOString(),
      schema: 1,
    };
    const type = n % 3 === 0 ? 'Removed' : 'Added';
    await log.append(streams[(n - 1) % 5]!, 'any', [{ id: crypto.randomUUID(), type, data: { n }, metadata }]);
  }
});

async function seen(events: AuditedEvents): Promise<number[]> {
  const list: number[] = [];
  for await (const { data } of events) list.push((data as { n: number }).n);
  return list;
}
const ask = (query: AuditQuery) => seen(auditEvents(log, query));
const numbers = (keep: (n: number) => boolean) => Array.from({ length: 60 }, (_, i) => i + 1).filter(keep);

describe('an audit of the log', () => {
  it.each<[string, AuditQuery, (n: number) => boolean]>([
    ['of everything', {}, () => true],
    ['of one stream', { stream: 'incident-1' }, (n) => n % 5 === 1 || n % 5 === 4],
    ['of streams with the same beginning', { stream: 'incident-*' }, (n) => [1, 2, 4].includes(n % 5)],
    ['of all streams by a star', { stream: '*' }, () => true],
    ['of a stream that is not there', { stream: 'incident-' }, () => false],
    ['of a type', { types: ['Removed'] }, (n) => n % 3 === 0],
    ['of several types', { types: ['Removed', 'Added', 'Never'] }, () => true],
    ['of an actor by id', { actor: 'u-1' }, (n) => n % 2 === 0],
    ['of an actor by name', { actor: 'Ben' }, (n) => n % 2 === 1],
    ['of a time, from inclusive and to exclusive', { from: second(10), to: second(20) }, (n) => n >= 10 && n < 20],
    ['behind a position', { after: 50n }, (n) => n > 50],
    ['up to a position', { upTo: 7n }, (n) => n <= 7],
    [
      'of one stream between positions',
      { stream: 'register', after: 10n, upTo: 30n },
      (n) => n % 5 === 0 && n > 10 && n <= 30,
    ],
    ['at most so many', { limit: 3 }, (n) => n <= 3],
    [
      'of all at once',
      { stream: 'incident-*', types: ['Added'], actor: 'Ana', after: 4n, upTo: 50n, limit: 2 },
      (n) => n === 14 || n === 16,
    ],
  ])('%s shows what matches, in order', async (_, query, expected) => {
    expect(await ask(query)).toEqual(numbers(expected));
  });

  it('knows up to where it looked, also where nothing matched', async () => {
    const lookedUpTo = async (query: AuditQuery) => {
      const events = auditEvents(log, query);
      await seen(events);
      return events.position;
    };
    expect(await lookedUpTo({})).toBe(60n);
    expect(await lookedUpTo({ types: ['Never'] })).toBe(60n);
    expect(await lookedUpTo({ upTo: 20n, types: ['Never'] })).toBe(20n);
    expect(await lookedUpTo({ limit: 5 })).toBe(5n);
    expect(await lookedUpTo({ after: 60n })).toBe(60n);
    expect(await lookedUpTo({ after: 99n })).toBe(99n);
    expect(await lookedUpTo({ stream: 'incident-12' })).toBe(57n);
    expect(await lookedUpTo({ stream: 'incident-12', after: 58n })).toBe(58n);
    expect(await lookedUpTo({ stream: 'incident-12', upTo: 50n })).toBe(47n);
    expect(await lookedUpTo({ stream: 'incident-9' })).toBe(0n);
  });

  it('goes on from any place where it stopped, without a gap and without a repetition', async () => {
    const some = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          stream: some(fc.constantFrom('incident-1', 'incident-1*', 'incident-*', 'register', 'nothing')),
          types: some(fc.subarray(['Added', 'Removed'])),
          actor: some(fc.constantFrom('Ana', 'u-2')),
          upTo: some(fc.bigInt({ min: 0n, max: 70n })),
        }),
        fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1 }),
        async (query, limits) => {
          const pieces: number[] = [];
          let after = 0n;
          for (let turn = 0; ; turn++) {
            const events = auditEvents(log, { ...query, after, limit: limits[turn % limits.length]! });
            const piece = await seen(events);
            if (piece.length === 0) break;
            pieces.push(...piece);
            after = events.position;
          }
          expect(pieces).toEqual(await ask(query));
        },
      ),
    );
  });

  it('ends between two events where nothing matches, when it is told to', async () => {
    const end = new AbortController();
    let read = 0;
    class Watched extends InMemoryEventLog {
      override async *readAll(options?: ReadAllOptions): AsyncGenerator<RecordedEvent> {
        for await (const event of log.readAll(options)) {
          if (++read === 5) end.abort();
          yield event;
        }
      }
    }
    const events = auditEvents(new Watched(), { types: ['Never'], signal: end.signal });
    expect(await seen(events)).toEqual([]);
    expect(events.position).toBe(5n);
  });

  it('passes over a stranger’s event that says neither who nor when, but where that is not asked for', async () => {
    const strange = new InMemoryEventLog();
    const metadata = undefined as never;
    strange.readAll = async function* () {
      yield { id: 'x', stream: 's', revision: 0, position: 1n, type: 'Noted', data: { n: 1 }, metadata };
    };
    expect(await seen(auditEvents(strange))).toEqual([1]);
    expect(await seen(auditEvents(strange, { actor: 'Ana' }))).toEqual([]);
    expect(await seen(auditEvents(strange, { to: second(1) }))).toEqual([]);
  });
});
