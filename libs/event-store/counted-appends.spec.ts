import { describe, expect, it } from '@jest/globals';
import { countingAppends } from './counted-appends.js';
import { InMemoryEventLog } from './testing/in-memory-event-log.js';
import { pending } from './testing/tally.js';

const event = () => pending(crypto.randomUUID(), { type: 'Added', data: { amount: 1 } });

describe('a log that counts appends', () => {
  it('counts events that were acknowledged, and every append by how it ended', async () => {
    const log = countingAppends(new InMemoryEventLog());
    await log.append('s', 'no-stream', [event(), event()]);
    await log.append('s', 1, [event()]);
    await expect(log.append('s', 'no-stream', [event()])).rejects.toThrow();
    expect(log.appends.events).toBe(3);
    expect(Object.fromEntries(log.appends.outcomes)).toEqual({ acknowledged: 2, WrongExpectedRevision: 1 });
    expect(log.appends.seconds).toBeGreaterThan(0);
    expect(await log.head()).toBe(3n);
  });
});
