import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { FolderLock } from './index.js';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'docket-lock-'));
  file = join(folder, 'owner.json');
});
afterEach(() => rmSync(folder, { recursive: true }));

const take = () => FolderLock.take(folder, 'The store');

describe('the lock of a folder', () => {
  it('is had by one at a time, who is named to the others', () => {
    const lock = take();
    expect(take).toThrow(
      `The store in ${folder} is in use by process ${process.pid}. Stop that process, or choose another folder.`,
    );
    expect(FolderLock.owner(folder)?.pid).toBe(process.pid);
    lock.release();
    expect(FolderLock.owner(folder)).toBeUndefined();
    take().release();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('makes the folder where there is none', () => {
    folder = join(folder, 'new');
    take();
    expect(existsSync(join(folder, 'owner.json'))).toBe(true);
    folder = join(folder, '..');
  });

  const { pid: gone } = spawnSync(process.execPath, ['-e', '']);
  it.each([
    ['a process that is gone', JSON.stringify({ pid: gone, started: '1' })],
    ['a process whose number somebody else has by now', JSON.stringify({ pid: process.pid, started: '1' })],
    ['nobody, as what is written there says nothing', '{"pid":'],
  ])('is taken over from %s', (_, content) => {
    writeFileSync(file, content);
    expect(FolderLock.owner(folder)).toBeUndefined();
    take();
    expect(FolderLock.owner(folder)?.pid).toBe(process.pid);
    expect(readdirSync(folder)).toEqual(['owner.json']);
  });

  it('tells whoever finds it where to ask, and is given back all the same', () => {
    const lock = take();
    lock.announce({ port: 7, secret: 'ours' });
    expect(FolderLock.owner(folder)?.contact).toEqual({ port: 7, secret: 'ours' });
    expect(take).toThrow('in use');
    lock.release();
    expect(readdirSync(folder)).toEqual([]);
  });
});
