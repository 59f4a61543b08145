import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { temporaryFolder } from '../conformance/fixture.js';
import { brokenPromise } from './broken-promise.js';
import { afterPowerCut, parseTrace, type Recording } from './recorded-disk.js';
import { works } from './server-process.js';

const POWER_CUTS = Number(process.env.POWER_CUTS ?? 60);
const APPENDS = POWER_CUTS > 500 ? 600 : 150;
const VICTIM = fileURLToPath(
  new URL('../../../dist/libs/embedded-eventstore/durability/power-cut-victim.js', import.meta.url),
);
const JUDGE = VICTIM.replace('victim', 'judge');
const CONTROLS = 10;
const mayTrace = works('strace', '-f', '-o', '/dev/null', 'true');
if (!mayTrace) console.warn('Skipped: power cuts, as there is no strace here that may trace.');

(mayTrace ? describe : describe.skip)('after a power cut', () => {
  let folder: string;
  let base: Buffer;
  let recording: Recording;

  beforeAll(() => {
    folder = temporaryFolder();
    const store = join(folder, 'store');
    const data = join(store, 'data.mdb');
    const acknowledgements = join(folder, 'acknowledgements');
    const trace = join(folder, 'trace');
    const victim = [VICTIM, store, acknowledgements];
    expect(spawnSync(process.execPath, [...victim, '30']).status).toBe(0);
    base = readFileSync(data);
    const calls = 'trace=openat,lseek,pwrite64,writev,write,fdatasync,fsync';
    const strace = ['-f', '-xx', '-s', '100000000', '-P', data, '-P', acknowledgements, '-e', calls, '-o', trace];
    const traced = spawnSync('strace', [...strace, process.execPath, ...victim, `${APPENDS}`]);
    expect(`${traced.status} ${traced.stderr.toString()}`).toMatch(/^0/);
    recording = parseTrace(readFileSync(trace, 'latin1'), data, acknowledgements);
    // All of it was recorded: replayed to the end it is the file.
    expect(afterPowerCut(base, recording, Infinity).equals(readFileSync(data))).toBe(true);
    expect(recording.acknowledged.length).toBe(APPENDS);
  }, 120_000);

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** Hands a folder with the state after a power cut, and what was acknowledged before it, to a judge. */
  async function judged<T>(moment: number, flushed: boolean, judge: (folder: string, acknowledged: string[]) => T) {
    const path = join(folder, `state-${Math.random()}`);
    mkdirSync(path);
    writeFileSync(join(path, 'data.mdb'), afterPowerCut(base, recording, moment, flushed));
    const acknowledged = recording.acknowledged.filter(({ at }) => at < moment).map(({ text }) => text);
    try {
      return await judge(path, acknowledged);
    } finally {
      rmSync(path, { recursive: true, force: true });
    }
  }

  const moments = Array.from({ length: POWER_CUTS }, () => Math.random());

  it(
    'every acknowledged event is there, whole, and no revision is missing',
    async () => {
      for (const fraction of moments) {
        const moment = Math.floor(fraction * recording.end);
        expect(await judged(moment, true, brokenPromise)).toBeUndefined();
      }
    },
    30_000 + POWER_CUTS * 500,
  );

  it('which is found to be broken where flushes are taken for nothing', async () => {
    let found = 0;
    for (let cut = 0; cut < CONTROLS; cut++) {
      const moment = Math.floor((0.2 + 0.8 * Math.random()) * recording.end);
      // In a process of its own: such a file may crash LMDB.
      const isWhole = await judged(moment, false, (path, acknowledged) => {
        const list = join(folder, 'acknowledged.json');
        writeFileSync(list, JSON.stringify(acknowledged));
        return spawnSync(process.execPath, [JUDGE, path, list], { timeout: 20_000 }).status === 0;
      });
      if (!isWhole) found++;
    }
    expect(found).toBeGreaterThan(CONTROLS / 2);
  }, 60_000);
});
