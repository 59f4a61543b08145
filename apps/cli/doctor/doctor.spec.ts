import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Tokens } from '#platform';
import type { PartHealth } from '#platform';
import { noteRunning } from '../start/running.js';
import { findingsOf } from './parts.js';
import { claimsOf, clockOf } from './that-docket.js';
import { dataFolder, nodeVersion, running } from './this-machine.js';
import { ownVersion } from './versions.js';

let folder: string;
beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'docket-doctor-')), 'data');
  mkdirSync(folder, { mode: 0o700 });
});
afterEach(() => rmSync(join(folder, '..'), { recursive: true }));

describe('Node', () => {
  it.each(['20.19.0', '20.20.2', '22.0.0', '24.21.0'])('%s is new enough', (version) =>
    expect(nodeVersion(version).state).toBe('well'),
  );
  it.each(['18.20.8', '20.18.3'])('%s is too old', (version) =>
    expect(nodeVersion(version)).toMatchObject({ state: 'ill', advice: 'Install Node 20.19 or later.' }),
  );
});

describe('the data folder', () => {
  const states = async () => (await dataFolder(folder)).map(({ about, state }) => `${about}: ${state}`);

  it('is well where it is its owner’s only, with room', async () => {
    writeFileSync(join(folder, 'token.key'), 'x', { mode: 0o600 });
    expect(await states()).toEqual(['data folder: well', 'disk: well', 'token key: well']);
  });

  it('is doubtful where others may look into it, and ill where they may read the key', async () => {
    writeFileSync(join(folder, 'token.key'), 'x');
    chmodSync(join(folder, 'token.key'), 0o644);
    chmodSync(folder, 0o755);
    const [first, , last] = await dataFolder(folder);
    expect(first).toMatchObject({ state: 'doubtful', advice: `Close it: chmod go= ${folder}` });
    expect(last).toMatchObject({ about: 'token key', state: 'ill' });
  });

  it('may not be there yet, but may not be a file', async () => {
    const file = join(folder, 'file');
    writeFileSync(file, '');
    expect(await dataFolder(join(folder, 'none'))).toMatchObject([{ state: 'doubtful' }]);
    expect(await dataFolder(file)).toMatchObject([{ state: 'ill' }]);
  });
});

describe('the process', () => {
  const note = { url: 'http://127.0.0.1:1', eventStoreUrl: 'esdb://x', mongodbUrl: 'mongodb://x' };

  it('runs, does not run, or was killed and could not take its note away', async () => {
    expect(await running(folder)).toMatchObject({ state: 'doubtful', advice: expect.stringContaining('docket start') });
    noteRunning(folder, { pid: process.pid, ...note });
    expect(await running(folder)).toMatchObject({ state: 'well', found: expect.stringContaining(String(process.pid)) });
    noteRunning(folder, { pid: 2 ** 22 + 1, ...note }); // above the highest that Linux gives
    expect(await running(folder)).toMatchObject({ state: 'ill' });
  });
});

describe('the parts of the docket', () => {
  it.each<[string, PartHealth, object]>([
    ['eventStore', { status: 'ok' }, { about: 'event store', state: 'well', found: 'well' }],
    ['readModel', { status: 'failing', why: 'MongoNetworkError' }, { state: 'ill', found: 'MongoNetworkError' }],
    ['projector', { status: 'ok', state: 'standing-by' }, { state: 'well', found: expect.stringMatching(/another/) }],
    [
      'projector',
      { status: 'degraded', why: 'no projector runs', state: 'absent' },
      { advice: expect.stringMatching(/^Start/) },
    ],
    [
      'alerts',
      { status: 'degraded', why: 'late', state: 'catching-up', lagEvents: 900, lagSeconds: 12.34 },
      { state: 'doubtful', found: 'late, catching-up, 900 events, 12.3 s behind the log' },
    ],
    [
      'incidents',
      { status: 'degraded', why: 'something is parked', state: 'live', parked: 2 },
      { state: 'doubtful', advice: expect.stringMatching(/docket unpark/) },
    ],
    ['plans', { status: 'failing', why: 'Error', state: 'failed' }, { state: 'ill', found: 'Error, failed' }],
  ])('%s that is %j is told', (part, health, finding) =>
    expect(findingsOf({ [part]: health })).toMatchObject([finding]),
  );

  it('are passed over where the projector runs them well', () =>
    expect(findingsOf({ alerts: { status: 'ok', state: 'live', position: '7', lagEvents: 0, lagSeconds: 0 } })).toEqual(
      [],
    ));
});

describe('the clock of the docket', () => {
  const at = Date.parse('2026-11-23T12:00:00Z');
  const clock = (date: string | undefined, took = 200) =>
    clockOf({ headers: new Headers(date === undefined ? {} : { date }) }, at, at + took);

  it.each([
    ['Mon, 23 Nov 2026 12:00:00 GMT', 'well', 'as this one'],
    ['Mon, 23 Nov 2026 11:59:56 GMT', 'well', 'as this one'],
    ['Mon, 23 Nov 2026 12:01:00 GMT', 'doubtful', '60 s ahead of this one'],
    ['Mon, 23 Nov 2026 10:59:59 GMT', 'doubtful', '3601 s behind this one'],
  ])('of %s is %s', (date, state, found) => expect(clock(date)).toMatchObject([{ state, found }]));

  it('is not known where no Date is sent', () => expect(clock(undefined)).toEqual([]));
});

describe('a token', () => {
  it('says of itself whose it is and until when', async () => {
    const subject = { id: 'rea', name: 'Rea', kind: 'user', roles: ['reader', 'auditor'] } as const;
    const token = await new Tokens(new Uint8Array(32), () => 1_000_000).sign(subject, 60);
    expect(claimsOf(token)).toMatchObject({ sub: 'rea', roles: ['reader', 'auditor'], exp: 1_060 });
  });

  it.each(['', 'abc', 'a.b.c', 'a.bnVsbA.c'])('that is none says nothing: %j', (text) =>
    expect(claimsOf(text)).toEqual({}),
  );
});

describe('the version', () => {
  it('is that of the package, from wherever in it', () => {
    expect(ownVersion()).toMatch(/^\d+\.\d+\.\d+/);
    expect(ownVersion(join(import.meta.dirname, '../../../dist/apps/cli/doctor'))).toBe(ownVersion());
  });
});
