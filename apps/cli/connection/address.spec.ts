import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Tokens } from '#platform';
import { noteRunning } from '../start/running.js';
import { addressOf, urlOf } from './address.js';

const local = 'http://127.0.0.1:3999';
const key = Buffer.alloc(32, 7);
let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'docket-address-'))));
afterEach(() => rmSync(folder, { recursive: true }));

function givenRunning(withKey = true): void {
  const nowhere = 'esdb://127.0.0.1:1';
  noteRunning(folder, { pid: process.pid, url: local, eventStoreUrl: nowhere, mongodbUrl: nowhere });
  if (!withKey) return;
  writeFileSync(join(folder, 'token.key'), `${key.toString('base64url')}\n`);
  chmodSync(join(folder, 'token.key'), 0o600);
}

describe('where a docket answers', () => {
  it('is what the flag says, else the environment, else the docket that runs on the data folder', () => {
    givenRunning();
    const environment = { DOCKET_URL: 'http://from-environment', DOCKET_DATA: folder };
    expect(urlOf({ url: 'https://from-flag' }, environment)).toBe('https://from-flag');
    expect(urlOf({}, environment)).toBe('http://from-environment');
    expect(urlOf({}, { DOCKET_DATA: folder })).toBe(local);
    expect(urlOf({}, { DOCKET_URL: '', DOCKET_DATA: folder })).toBe(local);
  });

  it('is the docket on a folder that a flag names, whatever the environment says of another', () => {
    givenRunning();
    expect(urlOf({ data: folder }, { DOCKET_URL: 'http://from-environment', DOCKET_DATA: '/other' })).toBe(local);
  });

  it('is not known where none runs: that may change, so it is 3', () => {
    expect(() => urlOf({ data: folder }, {})).toThrow(
      expect.objectContaining({ exitCode: 3, message: expect.stringContaining('docket start') }),
    );
  });

  it.each(['localhost:3000', 'ftp://host', 'http://'])('is no address: %s', (url) => {
    expect(() => urlOf({ url }, {})).toThrow(expect.objectContaining({ exitCode: 2 }));
  });
});

describe('who asks', () => {
  it('is the token of the flag, else of the environment', async () => {
    givenRunning();
    const environment = { DOCKET_TOKEN: 'from-environment', DOCKET_DATA: folder };
    expect(await addressOf({ token: 'from-flag' }, environment)).toEqual({ url: local, token: 'from-flag' });
    expect(await addressOf({}, environment)).toEqual({ url: local, token: 'from-environment' });
  });

  it('is else an admin, by the key in the folder, for the docket on this folder', async () => {
    givenRunning();
    const { token } = await addressOf({ data: folder }, { DOCKET_TOKEN: 'of another docket' });
    expect(await new Tokens(key).verify(token)).toMatchObject({ roles: ['admin'], kind: 'user' });
  });

  it('is never told to another address by a token of the key in the folder', async () => {
    givenRunning();
    for (const url of ['http://evil.example', `${local}.evil.example`, `${local}/../x`, 'http://localhost:3999'])
      await expect(addressOf({ url, data: folder }, {})).rejects.toMatchObject({ exitCode: 2 });
  });

  it('is not signed with the key of another docket, which the environment has', async () => {
    givenRunning();
    const { token } = await addressOf(
      { data: folder },
      { DOCKET_TOKEN_KEY: Buffer.alloc(32, 8).toString('base64url') },
    );
    expect(await new Tokens(key).verify(token)).toMatchObject({ roles: ['admin'] });
  });

  it('must be said where the docket has its key from the environment, and no key is made for it', async () => {
    givenRunning(false);
    await expect(addressOf({ data: folder }, {})).rejects.toThrow('DOCKET_TOKEN_KEY');
    expect(existsSync(join(folder, 'token.key'))).toBe(false);
    const environment = { DOCKET_TOKEN_KEY: key.toString('base64url') };
    await expect(addressOf({ data: folder }, environment)).rejects.toThrow('--token'); // that may be another docket's
    const { token } = await addressOf({}, { ...environment, DOCKET_DATA: folder });
    expect(await new Tokens(key).verify(token)).toMatchObject({ roles: ['admin'] });
  });
});
