import { describe, expect, it } from '@jest/globals';
import {
  commandId,
  CommandIdReused,
  ConcurrentUpdates,
  DeciderRunner,
  eventId,
  OutcomeUnknown,
  StaleRevision,
  StoreUnavailable,
  type EventLog,
  type ExpectedRevision,
  type PendingEvent,
  type ReadOptions,
} from './index.js';
import { InMemoryEventLog } from './testing/in-memory-event-log.js';
import { add, command, pending, tally, tallyEvents, type Tally, type TallyEvent } from './testing/tally.js';

/** Counts what reaches the store, and lets a spec step in before and after. */
class WatchedLog extends InMemoryEventLog {
  reads = 0;
  appends = 0;
  beforeAppend: () => Promise<void> | void = () => {};
  afterAppend: () => Promise<void> | void = () => {};

  override async append(stream: string, expected: ExpectedRevision, events: readonly PendingEvent[]) {
    this.appends++;
    await this.beforeAppend();
    const appended = await super.append(stream, expected, events);
    await this.afterAppend();
    return appended;
  }

  override read(stream: string, options?: ReadOptions) {
    this.reads++;
    return super.read(stream, options);
  }

  /** As another process would: past the runner and past the hooks. */
  strangerAdds(amount: number, stream = 's') {
    return super.append(stream, 'any', [pending(crypto.randomUUID(), { type: 'Added', data: { amount } })]);
  }
}

const types = tallyEvents();
const clockAt = (iso: string) => () => new Date(iso);
const runnerOn = (log: EventLog, options: { clock?: () => Date; cachedEvents?: number } = {}) =>
  new DeciderRunner<Tally, TallyEvent>(log, tally, {
    catalogue: types,
    clock: clockAt('2026-02-03T04:05:06.789Z'),
    ...options,
  });

async function typesIn(log: EventLog, stream = 's') {
  const found: string[] = [];
  for await (const { type } of log.read(stream)) found.push(type);
  return found;
}

describe('a command', () => {
  it('appends what was decided and says where it stands', async () => {
    const runner = runnerOn(new WatchedLog(types));
    expect(await runner.execute('s', command('c1'), add(60))).toEqual({
      outcome: 'appended',
      revision: 0,
      position: 1n,
      events: ['Added'],
    });
    expect(await runner.execute('s', command('c2'), add(40))).toEqual({
      outcome: 'appended',
      revision: 2,
      position: 3n,
      events: ['Added', 'Praised'],
    });
    expect(await runner.load('s')).toMatchObject({
      state: { total: 100 },
      revision: 2,
      position: 3n,
      at: '2026-02-03T04:05:06.789Z',
    });
  });

  it('leaves who, why and when with each event, under an id that can be computed', async () => {
    const log = new WatchedLog(types);
    await runnerOn(log).execute('s', command('c1', { bodyHash: 'h' }), add(100));
    const events = [];
    for await (const event of log.read('s')) events.push(event);
    expect(events.map(({ id }) => id)).toEqual([0, 1].map((index) => eventId({ id: 'c1', bodyHash: 'h' }, 's', index)));
    expect(events[1]!.metadata).toEqual({
      $correlationId: 'correlation-1',
      $causationId: 'c1',
      bodyHash: 'h',
      actor: { id: 'u-1', name: 'Alice', kind: 'user' },
      at: '2026-02-03T04:05:06.789Z',
      schema: 1,
    });
  });

  it('never happens before the event before it, whatever the clock says', async () => {
    const log = new WatchedLog(types);
    await runnerOn(log, { clock: clockAt('2030-01-01T00:00:00.000Z') }).execute('s', command('c1'), add(1));
    const behind = runnerOn(log, { clock: clockAt('2029-01-01T00:00:00.000Z') });
    await behind.execute('s', command('c2'), add(1));
    await behind.execute('s', command('c3'), add(1));
    for await (const { metadata } of log.read('s')) expect(metadata.at).toBe('2030-01-01T00:00:00.000Z');
  });

  it('does not read what the runner has in memory', async () => {
    const log = new WatchedLog(types);
    const runner = runnerOn(log);
    await runner.execute('s', command('c1'), add(1));
    log.reads = 0;
    for (let i = 2; i < 10; i++) await runner.execute('s', command(`c${i}`), add(i));
    expect(log).toMatchObject({ reads: 0, appends: 9 });
  });

  it('for a stream that is presumed new appends without reading, and reads where the presumption was wrong', async () => {
    const log = new WatchedLog(types);
    expect(await runnerOn(log).execute('s', command(crypto.randomUUID()), add(1), { presumeNew: true })).toMatchObject({
      revision: 0,
    });
    expect(log.reads).toBe(0);
    expect(await runnerOn(log).execute('s', command(crypto.randomUUID()), add(1), { presumeNew: true })).toMatchObject({
      revision: 1,
    });
    expect(
      await runnerOn(log).execute('s', command(crypto.randomUUID()), () => [], { presumeNew: true }),
    ).toMatchObject({ revision: 1 });
  });

  it('takes turns with others on its stream, in the order in which they came, and waits for no other stream', async () => {
    const log = new WatchedLog(types);
    const runner = runnerOn(log);
    let open = () => {};
    const door = new Promise<void>((resolve) => (open = resolve));
    log.beforeAppend = () => (log.appends === 1 ? door : undefined);
    const settled: string[] = [];
    const run = (id: string, stream: string) =>
      runner.execute(stream, command(id), add(1)).then(() => settled.push(id));
    const all = [run('held', 's'), run('behind', 's'), run('elsewhere', 't')];
    await all[2];
    expect(settled).toEqual(['elsewhere']);
    open();
    await Promise.all(all);
    expect(settled).toEqual(['elsewhere', 'held', 'behind']);
  });
});

describe('a repeated command', () => {
  it.each(['the same process', 'another process'])(
    'gets its first answer from %s, and no second event',
    async (where) => {
      const log = new WatchedLog(types);
      const first = runnerOn(log);
      const answer = await first.execute('s', command('c1', { bodyHash: 'h' }), add(100));
      await first.execute('s', command('c2'), add(5));
      const again = where === 'the same process' ? first : runnerOn(log);
      expect(await again.execute('s', command('c1', { bodyHash: 'h' }), add(100))).toEqual({
        ...answer,
        outcome: 'repeated',
      });
      expect(await typesIn(log)).toEqual(['Added', 'Praised', 'Added']);
    },
  );

  it('is recognised where another process carried it out behind the back of this one', async () => {
    const log = new WatchedLog(types);
    const [here, there] = [runnerOn(log), runnerOn(log)];
    await here.execute('s', command('c1'), add(1));
    await there.execute('s', command('c2'), add(2));
    await there.execute('s', command('c3'), add(3));
    expect(await here.execute('s', command('c3'), add(3))).toMatchObject({ outcome: 'repeated', revision: 2 });
  });

  it('is not written again either where it stands just where this process would put it: the store says so', async () => {
    const log = new WatchedLog(types);
    const [here, there] = [runnerOn(log), runnerOn(log)];
    await here.execute('s', command('c1'), add(1));
    await there.execute('s', command('c2'), add(2));
    expect(await here.execute('s', command('c2'), add(2))).toMatchObject({
      revision: 1,
      position: 2n,
      events: ['Added'],
    });
    expect(await typesIn(log)).toEqual(['Added', 'Added']);
    expect((await here.load('s')).state.total).toBe(3);
  });

  it('with another body is an error', async () => {
    const log = new WatchedLog(types);
    const runner = runnerOn(log);
    await runner.execute('s', command('c1', { bodyHash: 'h' }), add(1));
    await expect(runner.execute('s', command('c1', { bodyHash: 'other' }), add(2))).rejects.toThrow(CommandIdReused);
    expect(await typesIn(log)).toEqual(['Added']);
  });

  it('with another body, sent to two processes at once, is refused by one of them and leaves no wrong state behind', async () => {
    const log = new InMemoryEventLog(types);
    const [one, other] = [runnerOn(log), runnerOn(log)];
    const results = await Promise.allSettled([
      one.execute('s', command('c', { bodyHash: 'five' }), add(5)),
      other.execute('s', command('c', { bodyHash: 'seven' }), add(7)),
    ]);
    expect(results.map((result) => result.status === 'rejected' && (result.reason as Error).constructor)).toEqual([
      false,
      CommandIdReused,
    ]);
    expect([{ ...(await one.load('s')).state }, { ...(await other.load('s')).state }]).toEqual([
      { total: 5 },
      { total: 5 },
    ]);
  });

  it('is recognised before the revision is compared', async () => {
    const runner = runnerOn(new WatchedLog(types));
    await runner.execute('s', command('c1'), add(1));
    await runner.execute('s', command('c2'), add(1), { ifRevision: 0 });
    expect(await runner.execute('s', command('c2'), add(1), { ifRevision: 0 })).toMatchObject({
      outcome: 'repeated',
      revision: 1,
    });
  });

  it('is a new one after a refusal or when there was nothing to do', async () => {
    const runner = runnerOn(new WatchedLog(types));
    await runner.execute('s', command('c0'), add(5));
    expect(await runner.execute('s', command('c1'), add(9, 10))).toEqual({
      outcome: 'refused',
      refusal: { refused: 'limit-exceeded', total: 5 },
    });
    expect(await runner.execute('s', command('c1'), add(0))).toEqual({
      outcome: 'unchanged',
      revision: 0,
      position: 1n,
      events: [],
    });
    expect(await runner.execute('s', command('c1'), add(9, 20))).toMatchObject({ outcome: 'appended', revision: 1 });
  });
});

describe('a state in memory that another process has left behind', () => {
  it('is not what a refusal is based on', async () => {
    const log = new WatchedLog(types);
    const runner = runnerOn(log);
    await runner.execute('s', command('c1'), add(10));
    await log.strangerAdds(-10);
    expect(await runner.execute('s', command('c2'), add(5, 10))).toMatchObject({ outcome: 'appended', revision: 2 });
  });

  it('is not what "nothing to do" is based on', async () => {
    const log = new WatchedLog(types);
    const runner = runnerOn(log);
    await runner.execute('s', command('c1'), add(10));
    await log.strangerAdds(1);
    const toTen = ({ total }: Tally) => add(10 - total)({ total });
    expect(await runner.execute('s', command('c2'), toTen)).toMatchObject({ outcome: 'appended', revision: 2 });
    expect((await runner.load('s')).state.total).toBe(10);
  });

  it('is caught up with when the append meets it, and decided on again', async () => {
    const log = new WatchedLog(types);
    const runner = runnerOn(log);
    await runner.execute('s', command('c1'), add(10));
    await log.strangerAdds(80);
    expect(await runner.execute('s', command('c2'), add(20, 100))).toEqual({
      outcome: 'refused',
      refusal: { refused: 'limit-exceeded', total: 90 },
    });
  });

  it('is given up after five conflicts', async () => {
    const log = new WatchedLog(types);
    log.beforeAppend = async () => void (await log.strangerAdds(1));
    await expect(runnerOn(log).execute('s', command('c1'), add(1))).rejects.toThrow(ConcurrentUpdates);
    expect(log.appends).toBe(5);
  });
});

describe('a command for a certain revision', () => {
  it('is stale where the store has another, which is read first', async () => {
    const log = new WatchedLog(types);
    const runner = runnerOn(log);
    await runner.execute('s', command('c1'), add(1));
    await log.strangerAdds(1);
    const stale = runner.execute('s', command('c2'), add(1), { ifRevision: 0 });
    await expect(stale).rejects.toMatchObject({ code: 'stale-revision', expected: 0, actual: 1 });
    expect(await typesIn(log)).toEqual(['Added', 'Added']);
  });

  it('is not stale where only this process has not seen that revision yet', async () => {
    const log = new WatchedLog(types);
    const runner = runnerOn(log);
    await runner.execute('s', command('c1'), add(1));
    await log.strangerAdds(1);
    expect(await runner.execute('s', command('c2'), add(1), { ifRevision: 1 })).toMatchObject({
      outcome: 'appended',
      revision: 2,
    });
  });

  it('is stale before the domain is asked, where there is such a stream, and after, where there is none', async () => {
    const runner = runnerOn(new WatchedLog(types));
    expect(await runner.execute('none', command('c1'), add(1, 0), { ifRevision: 3 })).toMatchObject({
      outcome: 'refused',
    });
    await expect(runner.execute('none', command('c1'), add(1), { ifRevision: 3 })).rejects.toMatchObject({
      expected: 3,
      actual: -1,
    });
    await runner.execute('s', command('c2'), add(1));
    await expect(runner.execute('s', command('c3'), add(1, 0), { ifRevision: 3 })).rejects.toThrow(StaleRevision);
  });
});

describe('when something breaks', () => {
  it.each(['written', 'not written'])(
    'an outcome that is unknown (%s) is told, and settled by a repetition',
    async (truth) => {
      const log = new WatchedLog(types);
      const runner = runnerOn(log);
      await runner.execute('s', command('c1'), add(1));
      const lose = () => {
        log.beforeAppend = log.afterAppend = () => {};
        throw new OutcomeUnknown('s', 'cut');
      };
      log[truth === 'written' ? 'afterAppend' : 'beforeAppend'] = lose;
      await expect(runner.execute('s', command('c2'), add(2))).rejects.toThrow(OutcomeUnknown);
      expect(await runner.execute('s', command('c2'), add(2))).toMatchObject({
        outcome: truth === 'written' ? 'repeated' : 'appended',
        revision: 1,
      });
      expect((await runner.load('s')).state.total).toBe(3);
    },
  );

  it('an evolve that throws half-way leaves no half-changed state', async () => {
    const log = new WatchedLog(types);
    let broken = false;
    const fragile = new DeciderRunner<Tally, TallyEvent>(
      log,
      {
        ...tally,
        evolve(state, event) {
          state.total += event.type === 'Added' ? event.data.amount : 0;
          if (broken) throw new Error('broken');
          return state;
        },
      },
      { catalogue: types, clock: () => new Date() },
    );
    await fragile.execute('s', command('c1'), add(1));
    broken = true;
    await expect(fragile.execute('s', command('c2'), add(2))).rejects.toThrow('broken');
    await expect(fragile.load('s')).rejects.toThrow('broken');
    broken = false;
    expect(await fragile.load('s')).toMatchObject({ state: { total: 3 }, revision: 1 });
  });

  it('a read that breaks off in the middle is not folded twice', async () => {
    const log = new WatchedLog(types);
    const runner = runnerOn(log);
    await runner.execute('s', command('c1'), add(1));
    await log.strangerAdds(10);
    await log.strangerAdds(100);
    const whole = log.read.bind(log);
    log.read = async function* (stream, options) {
      for await (const event of whole(stream, options)) {
        yield event;
        throw new StoreUnavailable('cut');
      }
    };
    await expect(runner.load('s')).rejects.toThrow(StoreUnavailable);
    log.read = whole;
    expect((await runner.load('s')).state.total).toBe(111);
  });

  it('a decision that throws changes nothing', async () => {
    const log = new WatchedLog(types);
    const runner = runnerOn(log);
    const bug = () => {
      throw new Error('bug');
    };
    await expect(runner.execute('s', command('c1'), bug)).rejects.toThrow('bug');
    expect(await runner.execute('s', command('c1'), add(1))).toMatchObject({ outcome: 'appended', revision: 0 });
  });

  it('an event that the catalogue does not name is not written', async () => {
    const log = new WatchedLog(types);
    const stranger = () => [{ type: 'Stranger', data: {} }] as unknown as TallyEvent[];
    await expect(runnerOn(log).execute('s', command('c1'), stranger)).rejects.toMatchObject({
      code: 'unknown-event-type',
    });
    expect(log.appends).toBe(0);
  });
});

describe('the memory of a runner', () => {
  it('is bounded by the number of events, and what was dropped is read again', async () => {
    const log = new WatchedLog(types);
    const runner = runnerOn(log, { cachedEvents: 10 });
    for (let i = 0; i < 6; i++) await runner.execute('a', command(`a${i}`), add(1));
    for (let i = 0; i < 6; i++) await runner.execute('b', command(`b${i}`), add(1));
    log.reads = 0;
    await runner.execute('b', command('b6'), add(1));
    expect(log.reads).toBe(0);
    expect(await runner.execute('a', command('a6'), add(1))).toMatchObject({ outcome: 'appended', revision: 6 });
    expect(log.reads).toBe(1);
  });

  it('still has every command id of a stream of 10,000 events', async () => {
    const log = new WatchedLog(types);
    const runner = runnerOn(log);
    for (let i = 0; i < 10_000; i++) await runner.execute('s', command(`c${i}`), add(1, Infinity));
    expect(await runner.execute('s', command('c4711'), add(1))).toMatchObject({ outcome: 'repeated' });
    expect(await runner.load('s')).toMatchObject({ state: { total: 10_000 } });
  });
});

describe('ids', () => {
  it('are the same for the same parts, and differ where any part differs', () => {
    expect(commandId('alice', 'POST', '/v1/x', 'key')).toBe(commandId('alice', 'POST', '/v1/x', 'key'));
    expect(commandId('a', 'b')).not.toBe(commandId('ab'));
    expect(commandId('a b', 'c')).not.toBe(commandId('a', 'b c'));
    const ids = [
      eventId({ id: 'c' }, 's', 0),
      eventId({ id: 'c' }, 's', 1),
      eventId({ id: 'c' }, 't', 0),
      eventId({ id: 'd' }, 's', 0),
      eventId({ id: 'c', bodyHash: 'h' }, 's', 0),
    ];
    expect(new Set(ids).size).toBe(5);
    expect(ids[0]).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });
});
