import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { SignJWT, UnsecuredJWT } from 'jose';
import { tokenKey } from './token-key.js';
import { Tokens } from './tokens.js';

const key = new Uint8Array(32).fill(1);
const ana = { id: 'ana', name: 'Ana Lyst', kind: 'user', roles: ['analyst'] } as const;

describe('a token', () => {
  it('says who holds it and what they may do', async () => {
    const tokens = new Tokens(key, () => 1_000_000);
    const principal = await tokens.verify(await tokens.sign(ana, 60));
    expect(principal).toMatchObject({ id: 'ana', name: 'Ana Lyst', kind: 'user', expiresAt: 1_060_000 });
    expect(principal.scopes.has('SecurityIncident.ReadWrite.All')).toBe(true);
  });

  it('ends, also where it was verified before', async () => {
    let now = 1_000_000;
    const tokens = new Tokens(key, () => now);
    const token = await tokens.sign(ana, 60);
    await tokens.verify(token);
    expect(tokens.known(token)).toBeDefined();
    now += 60_000;
    expect(tokens.known(token)).toBeUndefined();
    await expect(tokens.verify(token)).rejects.toMatchObject({ flaw: 'expired' });
  });

  it('of another key is not ours', async () => {
    const token = await new Tokens(new Uint8Array(32).fill(2)).sign(ana, 60);
    await expect(new Tokens(key).verify(token)).rejects.toMatchObject({ flaw: 'not ours' });
  });

  it('without a signature, of another issuer or without an end is refused', async () => {
    const claims = { roles: ['admin'] };
    const unsigned = new UnsecuredJWT(claims).setIssuer('docket').setAudience('docket').setSubject('eve');
    const foreign = new SignJWT(claims).setIssuer('elsewhere').setAudience('docket').setSubject('eve');
    const endless = new SignJWT(claims).setIssuer('docket').setAudience('docket').setSubject('eve');
    const header = { alg: 'HS256' };
    for (const token of [
      unsigned.setExpirationTime('1h').encode(),
      await foreign.setExpirationTime('1h').setProtectedHeader(header).sign(key),
      await endless.setProtectedHeader(header).sign(key),
      'nonsense',
    ])
      await expect(new Tokens(key).verify(token)).rejects.toThrow('The token is');
  });

  it('with a role that nobody knows grants nothing by it', async () => {
    const token = await new SignJWT({ roles: ['emperor'] })
      .setProtectedHeader({ alg: 'HS256' })
      .setIssuer('docket')
      .setAudience('docket')
      .setSubject('eve')
      .setExpirationTime('1h')
      .sign(key);
    expect((await new Tokens(key).verify(token)).scopes.size).toBe(0);
  });
});

describe('the key of the tokens', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'docket-key-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const settings = () => ({ tokenKey: undefined, dataFolder: join(folder, 'data') });
  const file = () => join(folder, 'data', 'token.key');

  it('is made at first start, for its owner only, and kept', async () => {
    const made = await tokenKey(settings());
    expect(made).toHaveLength(32);
    expect((await stat(file())).mode & 0o777).toBe(0o600);
    expect(await tokenKey(settings())).toEqual(made);
  });

  it('is the same for processes that start at the same time', async () => {
    const keys = await Promise.all(Array.from({ length: 8 }, () => tokenKey(settings())));
    expect(new Set(keys.map((each) => Buffer.from(each).toString('hex'))).size).toBe(1);
  });

  it('is not used where others can read it', async () => {
    await tokenKey(settings());
    await chmod(file(), 0o644);
    await expect(tokenKey(settings())).rejects.toThrow('chmod 600');
  });

  it('is not replaced in silence where it is damaged', async () => {
    await tokenKey(settings());
    await writeFile(file(), 'half a k');
    await expect(tokenKey(settings())).rejects.toThrow('does not hold a key');
    expect(await readFile(file(), 'utf8')).toBe('half a k');
  });

  it('comes from the settings where several machines share it', async () => {
    expect(await tokenKey({ ...settings(), tokenKey: key })).toBe(key);
  });
});
