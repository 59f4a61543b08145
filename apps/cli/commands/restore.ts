import type { Command } from 'commander';
import { logCommand } from '../log/options.js';
import type { RestoreOptions } from '../log/restore.js';

export const restoreCommand = (): Command =>
  logCommand('restore')
    .description(
      'Write a backup into an empty data folder, or with EVENTSTORE_URL and no --data into an empty event store.',
    )
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
    .action(async (file: string, options: RestoreOptions) => {
      const { restore } = await import('../log/restore.js');
      await restore(file, options);
    });
