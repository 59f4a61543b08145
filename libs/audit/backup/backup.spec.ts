import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { RecordedEvent } from '#event-store';
import { aSmallLog, anEvent, eventsOf, logFrom } from '../testing/small-log.js';
import { BadBackup } from './backup-lines.js';
import { checkBackup, eventsOfBackup } from './read-backup.js';
import { writeBackup } from './write-backup.js';

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'docket-backup-'));
  file = join(folder, 'log.gz');
});
afterEach(() => rm(folder, { recursive: true }));

const head = { at: '2026-11-23T12:00:00.000Z', of: 'a log in memory' };
async function backUp(log?: Awaited<ReturnType<typeof logFrom>>): Promise<RecordedEvent[]> {
  const of = log ?? (await aSmallLog(await logFrom(40)));
  await writeBackup({ file, replace: true, head, events: of.readAll({ asStored: true }) });
  return eventsOf(of);
}
async function read(): Promise<RecordedEvent[]> {
  const events: RecordedEvent[] = [];
  for await (const event of eventsOfBackup(file)) events.push(event);
  return events;
}

describe('a backup', () => {
  it('gives back every event as it was', async () => {
    const events = await backUp();
    expect(await read()).toEqual(events);
    expect(await checkBackup(file)).toMatchObject({ head: { format: 1, ...head }, events: 10 });
  });

  it('of an empty log is a backup too', async () => {
    await backUp(await logFrom(1));
    expect(await checkBackup(file)).toMatchObject({ events: 0, position: undefined });
  });

  it('holds an event larger than what is compressed at once', async () => {
    const log = await logFrom(1);
    await log.append('alert-a', 'no-stream', [anEvent('AlertReported', { text: '☂'.repeat(200_000) })]);
    await backUp(log);
    expect(await read()).toEqual(await eventsOf(log));
  });

  it('can be read by nobody else', async () => {
    await backUp();
    expect((await stat(file)).mode & 0o077).toBe(0);
  });

  it('that cannot be finished leaves nothing behind, and the one before as it was', async () => {
    await backUp();
    const before = await readFile(file);
    const events = (async function* () {
      yield* await eventsOf(await aSmallLog(await logFrom(1)));
      throw new Error('the store went away');
    })();
    await expect(writeBackup({ file, replace: true, head, events })).rejects.toThrow('the store went away');
    expect(await readFile(file)).toEqual(before);
    expect(await readdir(folder)).toEqual(['log.gz']);
  });

  it('takes the place of no other one, unless that is wanted, also where both are made at the same time', async () => {
    const log = await aSmallLog(await logFrom(1));
    const make = () => writeBackup({ file, head, events: log.readAll({ asStored: true }) });
    const both = await Promise.allSettled([make(), make()]);
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(await readdir(folder)).toEqual(['log.gz']);
    expect(await checkBackup(file)).toMatchObject({ events: 10 });
    await expect(make()).rejects.toMatchObject({ code: 'EEXIST' });
  });

  it('is not made of what could not be restored', async () => {
    const events = (async function* () {
      const [first] = await eventsOf(await aSmallLog(await logFrom(1)));
      yield { ...first!, stream: 'order-1', data: [1, 2] };
    })();
    await expect(writeBackup({ file, head, events })).rejects.toThrow(/order-1.*not a JSON object/);
    expect(await readdir(folder)).toEqual([]);
  });
});

describe('a file is refused', () => {
  const damaged = async (damage: (lines: string[]) => string[]) => {
    await backUp();
    const lines = gunzipSync(await readFile(file))
      .toString()
      .split('\n');
    await writeFile(file, gzipSync(damage(lines).join('\n')));
    return checkBackup(file);
  };

  it.each<[string, (lines: string[]) => string[], RegExp]>([
    ['its end is missing', (lines) => lines.slice(0, -2), /its end is missing/],
    ['an event is missing', (lines) => lines.toSpliced(3, 1), /holds 9 events, and 10 were written/],
    ['an event was changed', (lines) => lines.map((line) => line.replace('später', 'gleich')), /not those that were/],
    ['two events changed places', ([a, b, c, ...others]) => [a!, c!, b!, ...others], /not those that were written/],
    ['an event is no event', (lines) => lines.with(4, '{"position":"1"}'), /line 5 is damaged/],
    ['something follows', (lines) => lines.with(-1, '{}'), /something follows its end in line 13/],
    ['it is of a later format', (lines) => lines.with(0, lines[0]!.replace(':1,', ':2,')), /take a later Docket/],
    ['it is something else', () => ['{"value":[]}'], /does not begin as a backup/],
  ])('where %s', async (_, damage, message) => {
    const checked = damaged(damage);
    await expect(checked).rejects.toThrow(BadBackup);
    await expect(checked).rejects.toThrow(message);
  });

  it('where it was cut off, at whichever byte', async () => {
    await backUp();
    const whole = await readFile(file);
    for (const length of [0, 5, whole.length >> 1, whole.length - 9, whole.length - 1]) {
      await writeFile(file, whole.subarray(0, length));
      await expect(checkBackup(file)).rejects.toThrow(BadBackup);
    }
  });

  it('where it is not gzip, or is not there', async () => {
    await writeFile(file, 'hello');
    await expect(checkBackup(file)).rejects.toThrow('not gzip');
    await rm(file);
    await expect(checkBackup(file)).rejects.toThrow('there is no such file');
  });
});
