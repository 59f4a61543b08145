import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { OutcomeUnknown } from '#event-store';
import type { EventLog } from '#event-store';
import { InMemoryEventLog } from '../../event-store/testing/in-memory-event-log.js';
import { summaryOf } from '../fingerprint.js';
import { heldPosition } from '../held-position.js';
import { aSmallLog, anEvent, eventsOf, logFrom } from '../testing/small-log.js';
import { NotThisLog, copyLog } from './copy-log.js';
import { RevisionTaken } from './ordered-writer.js';

const stored = (log: EventLog) => log.readAll({ asStored: true });
const withoutPositions = async (log: EventLog) =>
  (await eventsOf(log)).map((event) => ({ ...event, position: 0, data: heldPosition(event) ? '…' : event.data }));

describe('a copy of a log', () => {
  it('has the same events at the same revisions in the same order', async () => {
    const [from, to] = [await aSmallLog(await logFrom(100)), await logFrom(1)];
    const copied = await copyLog({ events: stored(from), to });
    expect(copied).toMatchObject({ events: 10, already: 0 });
    expect(await withoutPositions(to)).toEqual(await withoutPositions(from));
    expect((await summaryOf(stored(to))).fingerprint).toBe(copied.fingerprint);
  });

  it('holds its own positions where the log held its own', async () => {
    const [from, to] = [await aSmallLog(await logFrom(100)), await logFrom(1)];
    await copyLog({ events: stored(from), to });
    expect((await eventsOf(from)).map(heldPosition).filter(Boolean)).toEqual([101n, 106n]);
    expect((await eventsOf(to)).map(heldPosition).filter(Boolean)).toEqual([2n, 7n]);
  });

  it('goes on where it was cut off, wherever that was', async () => {
    const from = await aSmallLog(await logFrom(50));
    const { fingerprint } = await summaryOf(stored(from));
    const cuts = fc.array(fc.tuple(fc.integer({ min: 1, max: 8 }), fc.constantFrom('before', 'after')), {
      maxLength: 4,
    });
    await fc.assert(
      fc.asyncProperty(cuts, async (falls) => {
        const to = await logFrom(7);
        for (const [appends, when] of falls) {
          const healed = failingAfter(to, appends, when, new Error('cut'));
          await copyLog({ events: stored(from), to }).catch(() => undefined);
          healed();
        }
        const { already } = await copyLog({ events: stored(from), to });
        expect((await summaryOf(stored(to))).fingerprint).toBe(fingerprint);
        expect(await copyLog({ events: stored(from), to })).toMatchObject({ already: 10 });
        expect(already).toBeLessThanOrEqual(10);
      }),
      { numRuns: 60 },
    );
  });

  it('takes what was written for written where the answer was lost', async () => {
    const [from, to] = [await aSmallLog(await logFrom(1)), await logFrom(1)];
    failingAfter(to, 2, 'after', new OutcomeUnknown('alert-b', new Error('no answer')), 1);
    await copyLog({ events: stored(from), to });
    expect(await withoutPositions(to)).toEqual(await withoutPositions(from));
  });

  it('brings what came since, when it is made again', async () => {
    const [from, to] = [await aSmallLog(await logFrom(1)), await logFrom(9)];
    await copyLog({ events: stored(from), to });
    await from.append('incident-1', 2, [anEvent('IncidentCommented', { comment: 'More' })]);
    expect(await copyLog({ events: stored(from), to })).toMatchObject({ events: 11, already: 10 });
  });

  it('is not begun where the other store holds something else, or more', async () => {
    const [from, strange, further] = [await aSmallLog(await logFrom(1)), await logFrom(1), await logFrom(1)];
    await strange.append('alert-z', 'no-stream', [anEvent('AlertReported')]);
    await expect(copyLog({ events: stored(from), to: strange })).rejects.toThrow(NotThisLog);
    expect(await eventsOf(strange)).toHaveLength(1);
    await copyLog({ events: stored(from), to: further });
    await further.append('alert-z', 'no-stream', [anEvent('AlertReported')]);
    await expect(copyLog({ events: stored(from), to: further })).rejects.toThrow('where the log has ended');
  });

  it('says where a revision cannot be kept', async () => {
    const [from, to] = [await logFrom(1), await logFrom(1)];
    await from.append('incident-1', 'no-stream', [anEvent('IncidentOpened'), anEvent('IncidentCommented')]);
    const events = each((await eventsOf(from)).slice(1));
    await expect(copyLog({ events, to })).rejects.toThrow(RevisionTaken);
  });

  it('writes no append that is too large for the store', async () => {
    const [from, to] = [new InMemoryEventLog(), new InMemoryEventLog()];
    const large = () => anEvent('AlertReported', { text: 'ü'.repeat(150_000) });
    await from.append('alert-a', 'no-stream', Array.from({ length: 12 }, large));
    const append = to.append.bind(to);
    const sizes: number[] = [];
    to.append = (stream, expected, events) => {
      sizes.push(Buffer.byteLength(JSON.stringify(events)));
      return append(stream, expected, events);
    };
    await copyLog({ events: stored(from), to });
    expect(sizes).toHaveLength(6);
    expect(Math.max(...sizes)).toBeLessThan(900 * 1024);
  });
});

async function* each<T>(values: readonly T[]): AsyncGenerator<T> {
  yield* values;
}

/** From its n-th append on the log fails, before it has written or after; `times` times, or until it is healed. */
function failingAfter(log: EventLog, appends: number, when: string, failure: Error, times = Infinity): () => void {
  const append = log.append.bind(log);
  let count = 0;
  log.append = async (...given) => {
    const fails = ++count >= appends && count < appends + times;
    if (fails && when === 'before') throw failure;
    const appended = await append(...given);
    if (fails) throw failure;
    return appended;
  };
  return () => (log.append = append);
}
