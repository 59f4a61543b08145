import { describe, expect, it } from '@jest/globals';
import { MalformedEvent, catalogue, isUnreadable, sharingSubscription } from './index.js';
import type { EventMetadata, RecordedEvent } from './index.js';
import { InMemoryEventLog } from './testing/in-memory-event-log.js';

const event = (id: string, metadata: object) => ({
  id,
  type: 'Added',
  data: { amount: 1 },
  metadata: metadata as EventMetadata,
});

async function drained(events: AsyncIterable<RecordedEvent>): Promise<void> {
  for await (const each of events) expect(each).toBeDefined();
}

describe('a log that holds what cannot be decoded', () => {
  it('hands it on to who subscribes, in its place, and throws where its stream is read', async () => {
    const log = new InMemoryEventLog(catalogue({ Added: 1 }));
    await log.append('s', 'any', [event('a', { schema: 1 }), event('b', {}), event('c', { schema: 1 })]);
    for (const from of [log, sharingSubscription(log)]) {
      const end = new AbortController();
      const came: RecordedEvent[] = [];
      for await (const each of from.subscribe({ signal: end.signal })) if (came.push(each) === 3) end.abort();
      expect(came.map(({ id }) => id)).toEqual(['a', 'b', 'c']);
      expect(came.map(isUnreadable)).toEqual([false, true, false]);
      expect(came[1]).toMatchObject({
        stream: 's',
        revision: 1,
        position: 2n,
        data: { type: 'Added', why: expect.stringContaining('no schema') },
      });
    }
    await expect(drained(log.read('s'))).rejects.toThrow(MalformedEvent);
    await expect(drained(log.readAll())).rejects.toThrow(MalformedEvent);
  });
});
