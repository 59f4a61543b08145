import { checkBackup } from '#audit';
import { exitWhenInterrupted } from '../interruption.js';
import { print, remark } from '../terminal/output.js';
import { settingsOf } from './options.js';
import type { LogOptions } from './options.js';
import { progressUpTo } from './progress.js';
import { restoreFolder, restoreStore } from './restore-log.js';

export interface RestoreOptions extends LogOptions {
  readonly continue?: true;
}

export async function restore(file: string, { continue: goesOn, ...options }: RestoreOptions): Promise<void> {
  exitWhenInterrupted();
  const settings = settingsOf(options);
  const { head, ...backup } = await checkBackup(file);
  remark(`${file} is whole: ${backup.events} events of ${head.of}, of ${head.at}`);
  const progress = progressUpTo(backup.position);
  const restored = await (
    settings.eventStoreUrl === undefined
      ? restoreFolder({ file, backup, dataFolder: settings.dataFolder, onProgress: progress.at })
      : restoreStore({ file, backup, url: settings.eventStoreUrl, goesOn: goesOn === true, onProgress: progress.at })
  ).finally(progress.end);
  await print(
    `${restored.events} events restored, up to position ${restored.position ?? 'none'}\n${restored.fingerprint}\n`,
  );
}
