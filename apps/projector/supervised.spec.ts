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
    done,
    stop: async () => end(undefined),
  };
  return { running, end };
}

const started = (process: Process) => {
  const reports: string[] = [];
  return { reports, supervised: new Supervised(process, (message) => reports.push(message)) };
};

const until = async (holds: () => boolean) => {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
};

describe('a supervised process', () => {
  it('begins again after a store was away', async () => {
    const runs = [ending(), ending()];
    let starts = 0;
    const { supervised, reports } = started({ name: 'it', start: () => runs[starts++]!.running });
    runs[0]!.end(new StoreUnavailable(new Error('no connection')));
    await until(() => starts === 2 && supervised.health().state === 'live');
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
    await until(() => supervised.health().state === 'live');
    expect(supervised.health()).toMatchObject({ position: '7' });
    await supervised.stop();
  });

  it('stays down after an event that cannot be handled', async () => {
    const { running, end } = ending();
    let starts = 0;
    const { supervised, reports } = started({ name: 'it', start: () => (starts++, { ...running, state: 'failed' }) });
    end(new Error('poison'));
    await until(() => reports.length > 0);
    expect(reports).toEqual(['it has stopped: poison']);
    expect(supervised.health()).toMatchObject({ state: 'failed', failure: 'poison' });
    expect(starts).toBe(1);
    await supervised.stop();
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
    expect(supervised.health()).toMatchObject({ state: 'starting' });
  });
});
