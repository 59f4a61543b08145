import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statfsSync,
  statSync,
} from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { askForCopy } from './copy-request.js';
import { FolderLock } from '#folder-lock';
import { readApart } from './reading-process.js';
import { LastPosition, readLastPosition } from './storage/last-position.js';
import type { Verification } from './storage/verify.js';
import { verifyEmbeddedEventStore } from './verify.js';

/** What the name of a copy that is not finished has behind its own. */
const UNFINISHED = '.partial-';

/**
 * Copies the store in a folder to `to`, whether one runs there or not: all that was acknowledged before the call, and a part of what comes
 * meanwhile, up to one position. The copy is read through, and on disk, before it gets its name; a store that is started on
 * it goes on from there. Rejects, and leaves nothing at `to`, where there is no store in the folder, `to` is in it or not
 * empty, there is no room, or the copy is not whole.
 */
export async function backupEmbeddedEventStore(folder: string, to: string): Promise<Verification> {
  const target = resolve(to);
  if (!existsSync(join(folder, 'data.mdb'))) throw new Error(`There is no event store in ${folder}.`);
  if (!relative(resolve(folder), target).startsWith('..'))
    throw new Error(`${to} is in the store's own folder. Choose a folder beside it.`);
  if (existsSync(target) && readdirSync(target).length > 0)
    throw new Error(`${to} is not empty. Choose a folder that is not there yet.`);
  removeUnfinished(target);
  refuseWithoutRoom(folder, target);
  const partial = mkdtempSync(target + UNFINISHED);
  try {
    const reached = readLastPosition(folder);
    await copy(folder, partial);
    if (typeof reached === 'number') writeLastPosition(partial, reached); // the copy must have reached it too
    const verification = await verifyEmbeddedEventStore(partial);
    const [problem] = verification.problems;
    if (problem !== undefined) throw new Error(`The copy is not whole: ${problem}`);
    writeLastPosition(partial, verification.events);
    rmSync(join(partial, 'lock.mdb'), { force: true });
    for (const path of [join(partial, 'data.mdb'), join(partial, 'last-position'), partial]) flush(path);
    renameSync(partial, target);
    flush(dirname(target));
    return verification;
  } catch (reason) {
    rmSync(partial, { recursive: true, force: true });
    throw reason;
  }
}

/** What reading the copy through needs on the disk beside it, in bytes: LMDB's table of readers, and a little. */
const READING = 1024 * 1024;

/** Before, and not when the disk is full: a store on the same disk would have to refuse what is written to it. */
function refuseWithoutRoom(folder: string, target: string): void {
  const { bavail, bsize } = statfsSync(dirname(target));
  const kilobytes = (bytes: number) => `${Math.ceil(bytes / 1_000)} kB`;
  const size = statSync(join(folder, 'data.mdb')).size + READING;
  if (size > bavail * bsize)
    throw new Error(
      `The copy needs ${kilobytes(size)}, and ${kilobytes(bavail * bsize)} are free in ${dirname(target)}. Make room, or choose another disk.`,
    );
}

/** What tries that were broken off have left. A process of theirs may be about to end, and put something there still. */
function removeUnfinished(target: string): void {
  mkdirSync(dirname(target), { recursive: true });
  for (const name of readdirSync(dirname(target)))
    if (name.startsWith(basename(target) + UNFINISHED))
      rmSync(join(dirname(target), name), { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
}

/**
 * Only the process that has the store copies it. Another one that opens LMDB beside a writer, if only to read, may set back which
 * transaction is the last one, and the next would be written over it.
 */
async function copy(folder: string, into: string): Promise<void> {
  const owner = FolderLock.owner(folder);
  try {
    await (owner ? askForCopy(owner, into) : copyStopped(folder, into));
  } catch (reason) {
    throw new Error(`The events in ${folder} could not be copied: ${(reason as Error).message}`, { cause: reason });
  }
}

async function copyStopped(folder: string, into: string): Promise<void> {
  const said = await readApart('backup-process.js', folder, into);
  if ('failure' in said) throw new Error(said.failure);
  if ('ended' in said) throw new Error(said.ended);
}

function writeLastPosition(folder: string, position: number): void {
  const file = new LastPosition(folder);
  file.write(position);
  file.close();
}

function flush(path: string): void {
  const descriptor = openSync(path, 'r');
  fsyncSync(descriptor);
  closeSync(descriptor);
}
