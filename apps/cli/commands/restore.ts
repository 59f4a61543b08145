import type { Command } from 'commander';
import { checkBackup } from '#audit';
import { logCommand, settingsOf } from '../log/options.js';
import type { LogOptions } from '../log/options.js';
import { progressUpTo } from '../log/progress.js';
import { restoreFolder, restoreStore } from '../log/restore-log.js';
import { print, remark } from '../terminal/output.js';

interface Options extends LogOptions {
  readonly continue?: true;
}

export const restoreCommand = (): Command =>
  logCommand('restore')
    .description('Write a backup into an empty data folder, or with EVENTSTORE_URL into an empty event store.')
    .argument('<file>', 'what docket backup wrote')
    .option('--continue', 'go on with a restore into an event store that was cut off')
    .addHelpText(
      'after',
      `
The file is checked, whole, before anything is written. Streams, revisions, ids and order are those of the
backup; positions are the new store's. The read model is made anew when Docket starts.

Examples:
  docket restore docket-2026-11-23.ndjson.gz --data ./restored
  EVENTSTORE_URL=esdb://127.0.0.1:2113?tls=false docket restore docket-2026-11-23.ndjson.gz`,
    )
    .action(restore);

async function restore(file: string, { continue: goesOn, ...options }: Options): Promise<void> {
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
