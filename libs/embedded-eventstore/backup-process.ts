import { FolderLock } from './folder-lock.js';
import { copyDatabases, openDatabases } from './storage/databases.js';

/**
 * The process in which a log that no store has is copied, from one folder into another: a file whose tree is damaged may crash it.
 * Says `{}` to its parent, or `{failure}`. It has the folder itself, so that its lock ends when it does.
 */
process.on('disconnect', () => process.exit(1)); // nobody is left who would finish the copy

const [folder, into] = process.argv.slice(2) as [string, string];

async function copy(): Promise<void> {
  const lock = FolderLock.take(folder);
  try {
    const { root } = openDatabases(folder);
    await copyDatabases(root, into);
    await root.close();
  } finally {
    lock.release();
  }
}

const answer = await copy().then(
  () => ({}),
  (reason: unknown) => ({ failure: reason instanceof Error ? reason.message : String(reason) }),
);
process.send!(answer, () => process.exit());
