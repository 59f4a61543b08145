import { describe, expect, it } from '@jest/globals';
import type { RecordedEvent } from '#event-store';
import { summaryOf } from './fingerprint.js';
import { heldPosition } from './held-position.js';
import { aSmallLog, eventsOf, logFrom } from './testing/small-log.js';

async function* each(events: readonly RecordedEvent[]): AsyncGenerator<RecordedEvent> {
  yield* events;
}
const fingerprintOf = async (events: readonly RecordedEvent[]) => (await summaryOf(each(events))).fingerprint;
const small = async () => eventsOf(await aSmallLog(await logFrom(1)));

describe('the fingerprint of a log', () => {
  it('is the same wherever the log stands', async () => {
    const events = await small();
    const shifted = events.map((event) => {
      const held = heldPosition(event);
      const text = JSON.stringify(event.data).replace(`"${held}"`, `"${(held ?? 0n) * 7n}"`);
      return { ...event, data: JSON.parse(text) as object, position: event.position * 7n };
    });
    expect(shifted.filter(heldPosition)).toHaveLength(2);
    expect(await fingerprintOf(shifted)).toBe(await fingerprintOf(events));
  });

  it.each<[string, (events: RecordedEvent[]) => RecordedEvent[]]>([
    ['an event is missing', (events) => events.slice(1)],
    ['two events change places', ([first, second, ...others]) => [second!, first!, ...others]],
    ['a value is another', (events) => events.with(-1, { ...events.at(-1)!, data: { comment: 'Später' } })],
    ['who did it is another', (events) => events.with(-1, { ...events.at(-1)!, metadata: {} as never })],
    ['an id is another', (events) => events.with(0, { ...events[0]!, id: events[1]!.id })],
    [
      'a position that is held is that of another event',
      (events) => events.with(4, { ...events[4]!, data: { upTo: '1', routes: [] } }),
    ],
  ])('is another where %s', async (_, change) => {
    const events = await small();
    expect(await fingerprintOf(change(events))).not.toBe(await fingerprintOf(events));
  });
});
