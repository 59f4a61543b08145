import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { FolderLock } from '#folder-lock';
import { builtFile } from './built-file.js';

/** What a process that reads a store says: its answer, or why it has none. `ended`: it said nothing, as a damaged file crashed it. */
export type Said<Answer> = { readonly answer: Answer } | { readonly failure: string } | { readonly ended: string };

/** Has the store in a folder read by a process of its own: LMDB does not check the pages of its file. `file`: what calls `answerParent`. */
export async function readApart<Answer>(file: string, folder: string, ...args: string[]): Promise<Said<Answer>> {
  const child = fork(builtFile(file), [folder, ...args], { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
  let words = '';
  let said: Said<Answer> | undefined;
  child.stderr!.on('data', (chunk: Buffer) => (words = (words + chunk.toString()).slice(-1_000)));
  child.on('message', (message) => (said = message as Said<Answer>));
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
  return said ?? { ended: `Reading it ended with ${signal ?? `code ${code}`}. ${words}`.trim() };
}

/** In that process: it has the folder itself, for as long as it lives and no longer, whatever becomes of its parent. */
export async function answerParent<Answer>(folder: string, read: () => Promise<Answer>): Promise<void> {
  process.on('disconnect', () => process.exit(1)); // nobody is left who would hear it
  const answer = async () => {
    if (!existsSync(join(folder, 'data.mdb'))) throw new Error(`There is no event store in ${folder}.`);
    const lock = FolderLock.take(folder, 'The event store');
    try {
      return await read();
    } finally {
      lock.release();
    }
  };
  const said: Said<Answer> = await answer().then(
    (answer) => ({ answer }),
    (reason: unknown) => ({ failure: reason instanceof Error ? reason.message : String(reason) }),
  );
  process.send!(said, () => process.exit());
}
