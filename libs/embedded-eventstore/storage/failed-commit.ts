import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { constants } from 'node:os';

const { EIO, ENOSPC, EDQUOT } = constants.errno;

/** What is written beside the events themselves in a transaction, at most: tree pages, in bytes. */
const TREE_PAGES = 1024 * 1024;

/** How long LMDB may take to say why, in milliseconds: it tells in another promise, which in rare cases is never settled. */
const PATIENCE = 1_000;

interface CommitFailure extends Error {
  readonly commitError: Promise<never>;
}

/** LMDB says that a commit failed by several promises. The log holds one of them; nobody can hold all. */
export const isFailedCommit = (reason: unknown): reason is CommitFailure =>
  reason instanceof Error && 'commitError' in reason;

/** Why a commit failed, with the system's number of the error as its `code`. */
export async function reasonOf(failure: unknown): Promise<Error> {
  if (!isFailedCommit(failure)) return failure instanceof Error ? failure : new Error(String(failure));
  let patience: NodeJS.Timeout | undefined;
  const late = new Promise<Error>((resolve) => (patience = setTimeout(() => resolve(failure), PATIENCE)));
  const told = failure.commitError.catch((reason: unknown) => (reason instanceof Error ? reason : failure));
  const reason = await Promise.race([told, late]);
  clearTimeout(patience);
  return reason;
}

/**
 * Whether a commit of `bytes` failed because the disk is full. LMDB calls a write that found room for a part of it an I/O error:
 * then it is tried whether as much can be written to another file in the folder.
 */
export function isForWantOfRoom(reason: Error, folder: string, bytes: number): boolean {
  const code = (reason as { code?: unknown }).code;
  if (code === ENOSPC || code === EDQUOT) return true;
  return code === EIO && !hasRoom(folder, bytes + TREE_PAGES);
}

function hasRoom(folder: string, bytes: number): boolean {
  const file = join(folder, 'room.tmp');
  const piece = Buffer.alloc(64 * 1024, 1);
  try {
    const probe = openSync(file, 'w');
    try {
      for (let written = 0; written < bytes;) written += writeSync(probe, piece);
    } finally {
      closeSync(probe);
    }
    return true;
  } catch (reason) {
    return !['ENOSPC', 'EDQUOT'].includes((reason as NodeJS.ErrnoException).code ?? '');
  } finally {
    rmSync(file, { force: true });
  }
}
