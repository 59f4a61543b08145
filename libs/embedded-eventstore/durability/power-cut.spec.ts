import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { temporaryFolder } from '../conformance/fixture.js';
import { readLastPosition } from '../storage/last-position.js';
import { brokenPromise } from './broken-promise.js';
import { afterPowerCut, parseTrace, type Recording } from './recorded-disk.js';
import { works } from './server-process.js';

const POWER_CUTS = Number(process.env.POWER_CUTS ?? 40);
const atLength = POWER_CUTS > 500;
const APPENDS = atLength ? 600 : 150;
/** Appends that were there before. At length a long-lived file has more than 100 MB; pages were freed in it and used again. */
const FILES = [
  { name: 'a young file', before: 30 },
  { name: 'a long-lived file', before: atLength ? 28_000 : 2_000 },
];
/** Of so many states of a long-lived file one is read from its beginning, the others from where the recording begins. */
const WHOLE = 20;
const CONTROLS = Math.max(10, POWER_CUTS / 10);
const VICTIM = fileURLToPath(
  new URL('../../../dist/libs/embedded-eventstore/durability/power-cut-victim.js', import.meta.url),
);
const JUDGE = VICTIM.replace('victim', 'judge');
const mayTrace = works('strace', '-f', '-o', '/dev/null', 'true');
if (!mayTrace) console.warn('Skipped: power cuts, as there is no strace here that may trace.');

(mayTrace ? describe : describe.skip).each(FILES)('after a power cut, in $name', ({ before }) => {
  let folder: string;
  let base: { data: Buffer; lastPosition: Buffer };
  let recording: Recording;
  let recordedFrom: number;

  beforeAll(() => {
    folder = temporaryFolder();
    const store = join(folder, 'store');
    const files = {
      data: join(store, 'data.mdb'),
      lastPosition: join(store, 'last-position'),
      acknowledgements: join(folder, 'acknowledgements'),
    };
    const trace = join(folder, 'trace');
    const victim = [VICTIM, store, files.acknowledgements];
    expect(spawnSync(process.execPath, [...victim, `${before}`]).status).toBe(0);
    base = { data: readFileSync(files.data), lastPosition: readFileSync(files.lastPosition) };
    recordedFrom = 1 + Number(readLastPosition(store));
    expect(recordedFrom).toBe(1 + 3 * before);
    const paths = Object.values(files).flatMap((path) => ['-P', path]);
    const calls = 'trace=openat,lseek,pwrite64,writev,write,fdatasync,fsync';
    const strace = ['-f', '-xx', '-s', '100000000', ...paths, '-e', calls, '-o', trace];
    const traced = spawnSync('strace', [...strace, process.execPath, ...victim, `${APPENDS}`]);
    expect(`${traced.status} ${traced.stderr.toString()}`).toMatch(/^0/);
    recording = parseTrace(readFileSync(trace, 'latin1'), files);
    // All of it was recorded: replayed to the end it is the file.
    expect(afterPowerCut(base.data, recording, Infinity).equals(readFileSync(files.data))).toBe(true);
    expect(recording.told.at(-1)!.bytes.equals(readFileSync(files.lastPosition))).toBe(true);
    expect(recording.acknowledged.length).toBe(APPENDS);
  }, 240_000);

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** Hands a folder with the state after a power cut, and what was acknowledged before it, to a judge. */
  async function judged<T>(moment: number, flushed: boolean, judge: (folder: string, acknowledged: string[]) => T) {
    const path = join(folder, `state-${Math.random()}`);
    mkdirSync(path);
    writeFileSync(join(path, 'data.mdb'), afterPowerCut(base.data, recording, moment, flushed));
    writeFileSync(join(path, 'last-position'), lastPositionAt(moment));
    const acknowledged = recording.acknowledged.filter(({ at }) => at < moment).map(({ text }) => text);
    try {
      return await judge(path, acknowledged);
    } finally {
      rmSync(path, { recursive: true, force: true });
    }
  }

  /** The last content, or any before it, as nothing flushes that file. */
  function lastPositionAt(moment: number): Buffer {
    const contents = [base.lastPosition, ...recording.told.filter(({ at }) => at < moment).map(({ bytes }) => bytes)];
    return Math.random() < 0.5 ? contents.at(-1)! : contents[Math.floor(Math.random() * contents.length)]!;
  }

  const moments = Array.from({ length: POWER_CUTS }, () => Math.random());

  it(
    'every acknowledged event is there, whole, and no revision is missing',
    async () => {
      for (const [nth, fraction] of moments.entries()) {
        const moment = Math.floor(fraction * recording.end);
        const from = before > APPENDS && nth % WHOLE > 0 ? recordedFrom : 1;
        const broken = await judged(moment, true, (path, acknowledged) => brokenPromise(path, acknowledged, from));
        expect(broken).toBeUndefined();
      }
    },
    30_000 + POWER_CUTS * 1_500,
  );

  it(
    'which is found to be broken where flushes are taken for nothing',
    async () => {
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
      if (atLength) console.info(`${found} of ${CONTROLS} states without flushes were found to be broken.`);
      expect(found).toBeGreaterThan(CONTROLS / 2);
    },
    60_000 + CONTROLS * 5_000,
  );
});
