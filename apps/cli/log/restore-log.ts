import { existsSync, readdirSync, rmSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { eventsOfBackup, flushFolder } from '#audit';
import type { LogSummary } from '#audit';
import { Refusal } from '../refusal.js';
import { findRunning } from '../start/running.js';
import { copyAndCompare } from './copy-and-compare.js';
import { connected, opened, placeOf } from './reach-log.js';
import type { ReachedLog } from './reach-log.js';

interface Restoring {
  readonly file: string;
  /** What the file was found to hold. */
  readonly backup: LogSummary;
  readonly onProgress: (position: bigint) => void;
}

/**
 * Into a data folder that holds no log. The events are written aside, each restore in a place of its own, and get the name of a log when
 * they are found to be the backup's: a restore that was cut off leaves no half log that somebody could start on, and a log that came into
 * being meanwhile stays. Throws Refusal.
 */
export async function restoreFolder({
  dataFolder,
  ...restoring
}: Restoring & { dataFolder: string }): Promise<LogSummary> {
  assertFree(dataFolder);
  process.umask(0o077); // the log is its owner's alone, whatever the folder is
  await mkdir(dataFolder, { recursive: true, mode: 0o700 });
  const aside = await mkdtemp(join(dataFolder, 'events.restoring-'));
  const remove = () => rmSync(aside, { recursive: true, force: true });
  process.once('exit', remove); // in whatever way it ends, but for a kill
  try {
    const target = await opened(aside, `the data folder ${dataFolder}`);
    const dead = target.failed!.then((reason) => {
      throw new Refusal(`The log cannot be written into ${dataFolder} (${reason.message}): is the disk full?`);
    });
    const restored = await Promise.race([restoreInto(target, restoring), dead]).finally(() => target.close());
    assertFree(dataFolder);
    await takePlace(aside, join(dataFolder, 'events'));
    await flushFolder(dataFolder);
    return restored;
  } finally {
    await rm(aside, { recursive: true, force: true });
    process.removeListener('exit', remove);
  }
}

function assertFree(dataFolder: string): void {
  if (findRunning(dataFolder))
    throw new Refusal(`A docket runs on ${dataFolder}: stop it, or name an empty data folder`);
  for (const name of ['events', 'documents'])
    if (holdsSomething(join(dataFolder, name))) throw notEmpty(join(dataFolder, name));
}

/** A folder takes the place of none or of an empty one; where somebody has just begun a log, the system refuses. */
async function takePlace(folder: string, place: string): Promise<void> {
  await rename(folder, place).catch((error: NodeJS.ErrnoException) => {
    throw ['ENOTEMPTY', 'EEXIST', 'EPERM'].includes(error.code ?? '') ? notEmpty(place) : error;
  });
}

const notEmpty = (folder: string): Refusal =>
  new Refusal(`${folder} is not empty: restore into an empty data folder (--data), or move it away`);

/** Into an event store without events; `goesOn`: also where it holds the beginning of this backup. Throws Refusal, NotThisLog. */
export async function restoreStore({
  url,
  goesOn,
  ...restoring
}: Restoring & { url: string; goesOn: boolean }): Promise<LogSummary> {
  const target = connected(url, `the event store ${placeOf(url)}`);
  try {
    if (!goesOn && (await target.log.head()) !== undefined)
      throw new Refusal(
        `${target.of} holds events: restore into an empty one. Where a restore was cut off, --continue goes on with it`,
      );
    return await restoreInto(target, restoring);
  } finally {
    await target.close();
  }
}

const restoreInto = ({ log }: ReachedLog, { file, backup, onProgress }: Restoring): Promise<LogSummary> =>
  copyAndCompare({ events: eventsOfBackup(file), expected: backup, to: log, onProgress });

const holdsSomething = (folder: string) => existsSync(folder) && readdirSync(folder).length > 0;
