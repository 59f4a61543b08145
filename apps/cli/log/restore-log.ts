import { existsSync, readdirSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { eventsOfBackup } from '#audit';
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
 * Into a data folder that holds no log. The events are written aside and get the name of a log when they are found to be the backup's:
 * a restore that was cut off leaves no half log that somebody could start on. Throws Refusal.
 */
export async function restoreFolder({
  dataFolder,
  ...restoring
}: Restoring & { dataFolder: string }): Promise<LogSummary> {
  if (findRunning(dataFolder))
    throw new Refusal(`A docket runs on ${dataFolder}: stop it, or name an empty data folder`);
  for (const name of ['events', 'documents'])
    if (holdsSomething(join(dataFolder, name)))
      throw new Refusal(
        `${join(dataFolder, name)} is not empty: restore into an empty data folder (--data), or move it away`,
      );

  await mkdir(dataFolder, { recursive: true, mode: 0o700 });
  const aside = join(dataFolder, 'events.restoring');
  await rm(aside, { recursive: true, force: true });
  const target = await opened(aside, `the data folder ${dataFolder}`);
  const restored = await restoreInto(target, restoring).finally(() => target.close());
  await rm(join(dataFolder, 'events'), { recursive: true, force: true });
  await rename(aside, join(dataFolder, 'events'));
  return restored;
}

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
