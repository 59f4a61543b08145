import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { platform, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { findRunning, noteRunning } from './running.js';

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'docket-running-'))));
afterEach(() => rmSync(folder, { recursive: true }));

const running = {
  pid: process.pid,
  url: 'http://127.0.0.1:3999',
  eventStoreUrl: 'esdb://127.0.0.1:1',
  mongodbUrl: 'mongodb://127.0.0.1:1',
};
const onLinux = platform() === 'linux' ? it : it.skip;

describe('a docket that runs on a folder', () => {
  it('is found until it takes its note away', () => {
    expect(findRunning(folder)).toBeUndefined();
    const forget = noteRunning(folder, running);
    expect(findRunning(folder)).toEqual(running);
    forget();
    expect(findRunning(folder)).toBeUndefined();
  });

  onLinux('is not another process that has its pid by now, as in a container each first one has', () => {
    noteRunning(folder, running);
    const file = join(folder, 'running.json');
    const { started } = JSON.parse(readFileSync(file, 'utf8')) as { started: string };
    for (const other of [`${started}0`, started.replace(/^\S+/, 'another-boot'), undefined]) {
      writeFileSync(file, JSON.stringify({ ...running, started: other }));
      expect(findRunning(folder)).toBeUndefined();
    }
  });
});
