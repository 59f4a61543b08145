import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { FolderLock } from './folder-lock.js';
import { builtFile } from './built-file.js';
import type { Verification } from './storage/verify.js';

/**
 * Reads every event in the folder and all that leads to them, in a process of its own: LMDB does not check the pages of its
 * file, and reading one that is damaged may end the process. Rejects where there is no store in the folder, or one is running.
 */
export async function verifyEmbeddedEventStore(folder: string): Promise<Verification> {
  if (!existsSync(join(folder, 'data.mdb'))) throw new Error(`There is no event store in ${folder}.`);
  const lock = FolderLock.take(folder);
  try {
    const child = fork(builtFile('verify-process.js'), [folder], { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
    let said = '';
    let verification: Verification | undefined;
    child.stderr!.on('data', (chunk: Buffer) => (said = (said + chunk.toString()).slice(-1_000)));
    child.on('message', (message) => (verification = message as Verification));
    const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
    if (verification) return verification;
    const problem = `The file is damaged: reading it ended with ${signal ?? `code ${code}`}. ${said}`.trim();
    return { events: 0, streams: 0, problems: [problem] };
  } finally {
    lock.release();
  }
}
