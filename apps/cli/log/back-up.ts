import { existsSync } from 'node:fs';
import { writeBackup } from '#audit';
import { exitWhenInterrupted } from '../interruption.js';
import { Refusal } from '../refusal.js';
import { print } from '../terminal/output.js';
import { settingsOf } from './options.js';
import type { LogOptions } from './options.js';
import { progressUpTo } from './progress.js';
import { eventsUpTo, reachLog } from './reach-log.js';

export interface BackupOptions extends LogOptions {
  readonly force?: true;
}

export async function backUp(file: string, { force, ...options }: BackupOptions): Promise<void> {
  if (existsSync(file) && !force) throw isThere(file);
  exitWhenInterrupted();
  const reached = await reachLog(settingsOf(options));
  try {
    const { log, of } = reached;
    const head = await log.head();
    const progress = progressUpTo(head);
    const written = await writeBackup({
      file,
      replace: force === true,
      head: { at: new Date().toISOString(), of },
      events: eventsUpTo(log, head),
      onProgress: progress.at,
    })
      .catch((error: NodeJS.ErrnoException) => {
        if (error.syscall === undefined) throw error;
        if (error.code === 'EEXIST') throw isThere(file);
        throw new Refusal(`${file} cannot be written (${error.message}): nothing is left of it`, undefined, {
          cause: error,
        });
      })
      .finally(progress.end);
    await print(
      `${written.events} events of ${of}, up to position ${written.position ?? 'none'}\n${written.fingerprint}\n`,
    );
  } finally {
    await reached.close();
  }
}

const isThere = (file: string): Refusal =>
  new Refusal(`${file} is there already: take another name, or replace it with --force`);
