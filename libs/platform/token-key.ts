import { randomBytes } from 'node:crypto';
import { chmod, link, mkdir, open, readFile, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { parseTokenKey } from './settings.js';
import type { Settings } from './settings.js';

/** The key that signs tokens cannot be used; the message says what to do. */
export class BadTokenKey extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'BadTokenKey';
  }
}

/**
 * The key that signs the tokens of this docket: DOCKET_TOKEN_KEY where it is set, else the file `token.key` in the data folder,
 * made at first start. Processes that start at the same time get the same key.
 * @throws BadTokenKey where the file is damaged or others can read it
 */
export async function tokenKey({
  tokenKey,
  dataFolder,
}: Pick<Settings, 'tokenKey' | 'dataFolder'>): Promise<Uint8Array> {
  if (tokenKey) return tokenKey;
  const file = join(dataFolder, 'token.key');
  return (await readKey(file)) ?? (await makeKey(dataFolder, file));
}

async function readKey(file: string): Promise<Uint8Array | undefined> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  const othersMay = process.platform === 'win32' ? 0 : (await stat(file)).mode & 0o077;
  if (othersMay !== 0) {
    throw new BadTokenKey(
      `${file} can be read by others, who could sign tokens of any role. Run: chmod 600 ${file}; if somebody may have read it, delete it instead (a new key is made, old tokens end).`,
    );
  }
  const key = parseTokenKey(text);
  if (!key)
    throw new BadTokenKey(
      `${file} does not hold a key. Delete it: a new key is made at the next start, old tokens end.`,
    );
  return key;
}

/** Written aside and linked into place, so that nobody ever reads half a key and the first of several makers wins. */
async function makeKey(folder: string, file: string): Promise<Uint8Array> {
  await mkdir(folder, { recursive: true });
  const draft = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`;
  const handle = await open(draft, 'wx', 0o600);
  try {
    await handle.writeFile(`${randomBytes(32).toString('base64url')}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  try {
    await chmod(draft, 0o600);
    await link(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    await unlink(draft);
  }
  const key = await readKey(file);
  if (!key) throw new BadTokenKey(`${file} vanished while it was made: start again.`);
  return key;
}
