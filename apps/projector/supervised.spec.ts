import { describe, expect, it } from '@jest/globals';
import { StoreUnavailable } from '#event-store';
import type { Process, Running } from './process.js';
import { Supervised } from './supervised.js';

/** A process that can be told to end. */
function ending() {
  let end!: (failure: Error | undefined) => void;
  const done = new Promise<Error | undefined>((resolve) => (end = resolve));
  const running: Running = {
    position: 7n,
    state: 'live',
    failure: undefined,
    handled: { batches: 0, events: 0, seconds: 0 },
    done,
    lag: async () => ({ events: 0, seconds: 0, position: 7n, head: 7n }),
    stop: async () => end(undefined),
  };
  return { running, end };
}

const started = (process: Process) => {
  const reports: string[] = [];
  return { reports, supervised: new Supervised(process, (message) => reports.push(message)) };
};

const behind = (seconds: number) => async () => ({ events: 3, seconds, position: 4n, head: 7n });

const until = async (holds: () => boolean) => {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
};

describe('a supervised process', () => {
  it('begins again after a store was away', async () => {
    const runs = [ending(), ending()];
    let starts = 0;
    const { supervised, reports } = started({ name: 'it', start: () => runs[starts++]!.running });
    runs[0]!.end(new StoreUnavailable(new Error('no connection')));
    await until(() => starts === 2 && supervised.state === 'live');
    expect(reports).toEqual([expect.stringContaining('it begins again: The event store cannot be reached')]);
    await supervised.stop();
  });

  it('begins again where it could not even start', async () => {
    const { running } = ending();
    let starts = 0;
    const start = async () => {
      if (starts++ === 0) throw new StoreUnavailable(new Error('no connection'));
      return running;
    };
    const { supervised } = started({ name: 'it', start });
    await until(() => supervised.state === 'live');
    expect(await supervised.health(0)).toMatchObject({ status: 'ok', position: '7' });
    await supervised.stop();
  });

  it('stays down after an event that cannot be handled', async () => {
    const { running, end } = ending();
    let starts = 0;
    const { supervised, reports } = started({ name: 'it', start: () => (starts++, { ...running, state: 'failed' }) });
    end(new Error('poison'));
    await until(() => reports.length > 0);
    expect(reports).toEqual(['it has stopped: poison']);
    expect(await supervised.health(0)).toMatchObject({ status: 'failing', state: 'failed', why: 'Error' });
    expect(supervised.failure?.message).toBe('poison');
    expect(starts).toBe(1);
    await supervised.stop();
  });

  it.each<[string, Partial<Running>, number, object]>([
    ['well', {}, 0, { status: 'ok', state: 'live', lagEvents: 0, lagSeconds: 0 }],
    ['a little behind', { lag: behind(9) }, 0, { status: 'ok', lagEvents: 3, lagSeconds: 9 }],
    ['far behind', { lag: behind(11) }, 0, { status: 'degraded', lagSeconds: 11 }],
    ['passing over something', {}, 2, { status: 'degraded', parked: 2 }],
    ['dead in silence', { state: 'silent', lag: behind(1) }, 0, { status: 'degraded', state: 'silent', lagEvents: 3 }],
    ['without its store', { state: 'reconnecting' }, 0, { status: 'failing', state: 'reconnecting' }],
    [
      'not able to ask',
      { lag: () => Promise.reject(new StoreUnavailable('10.1.2.3')) },
      0,
      { why: 'StoreUnavailable' },
    ],
  ])('that is %s says so', async (_, how, parked, health) => {
    const { supervised } = started({ name: 'it', start: () => ({ ...ending().running, ...how }) });
    await until(() => supervised.running !== undefined);
    expect(await supervised.health(parked)).toMatchObject(health);
  });

  it('is stopped without waiting for its start, and what starts late is stopped too', async () => {
    const { running } = ending();
    let release!: (running: Running) => void;
    const { supervised } = started({ name: 'it', start: () => new Promise((resolve) => (release = resolve)) });
    await supervised.stop();
    release(running);
    expect(await running.done).toBeUndefined();
  });

  it('is stopped without waiting for its next attempt', async () => {
    const start = () => Promise.reject(new StoreUnavailable(new Error('no connection')));
    const { supervised, reports } = started({ name: 'it', start });
    await until(() => reports.length === 4);
    await supervised.stop();
    expect(await supervised.health(0)).toMatchObject({ status: 'failing', state: 'starting', why: 'StoreUnavailable' });
  });
});
