import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { checkBackup, writeBackup } from '#audit';
import type { Backup } from '#audit';
import { InMemoryEventLog } from '../../../libs/event-store/testing/in-memory-event-log.js';
import { aSmallLog } from '../../../libs/audit/testing/small-log.js';
import { Refusal } from '../refusal.js';
import { noteRunning } from '../start/running.js';
import { restoreFolder } from './restore-log.js';

let folder: string;
let file: string;
let backup: Backup;
let dataFolder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'docket-restore-'));
  file = join(folder, 'log.gz');
  const log = await aSmallLog(new InMemoryEventLog());
  await writeBackup({ file, head: { at: '', of: '' }, events: log.readAll({ asStored: true }) });
  backup = await checkBackup(file);
});
afterAll(() => rmSync(folder, { recursive: true }));
beforeEach(() => void (dataFolder = mkdtempSync(join(folder, 'data-'))));
afterEach(() => rmSync(dataFolder, { recursive: true }));

/** `meanwhile` happens when the restore has come to its first event. */
function restored(meanwhile: () => void = () => undefined) {
  let once: (() => void) | undefined = meanwhile;
  const onProgress = () => {
    once?.();
    once = undefined;
  };
  return restoreFolder({ file, backup, dataFolder, onProgress });
}

describe('a restore into a folder', () => {
  it('makes a log that nobody else may read, also in a folder that all may read, and leaves nothing else', async () => {
    rmSync(dataFolder, { recursive: true });
    mkdirSync(dataFolder, { mode: 0o755 });
    expect((await restored()).fingerprint).toBe(backup.fingerprint);
    expect(readdirSync(dataFolder)).toEqual(['events']);
    for (const name of readdirSync(join(dataFolder, 'events')))
      expect(statSync(join(dataFolder, 'events', name)).mode & 0o077).toBe(0);
    expect(statSync(join(dataFolder, 'events')).mode & 0o077).toBe(0);
  });

  it('leaves a log alone that somebody begins meanwhile', async () => {
    const log = join(dataFolder, 'events', 'data.mdb');
    const begins = () => {
      mkdirSync(join(dataFolder, 'events'));
      writeFileSync(log, 'acknowledged');
    };
    await expect(restored(begins)).rejects.toThrow('is not empty');
    expect(readdirSync(dataFolder)).toEqual(['events']);
    expect(existsSync(log)).toBe(true);
  });

  it('is refused where a docket has started on the folder meanwhile', async () => {
    const address = { url: 'http://127.0.0.1:1', eventStoreUrl: 'esdb://other', mongodbUrl: 'mongodb://other' };
    const starts = () => void noteRunning(dataFolder, { pid: process.pid, ...address });
    await expect(restored(starts)).rejects.toThrow('A docket runs on');
    expect(readdirSync(dataFolder)).toEqual(['running.json']);
  });

  it('beside another one into the same folder is done or refused, and never holds a part', async () => {
    const both = await Promise.allSettled([restored(), restored()]);
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    for (const each of both)
      if (each.status === 'rejected') expect(each.reason).toBeInstanceOf(Refusal);
      else expect(each.value.fingerprint).toBe(backup.fingerprint);
    expect(readdirSync(dataFolder)).toEqual(['events']);
  });
});
