import type { Command } from 'commander';
import type { BackupOptions } from '../log/back-up.js';
import { logCommand } from '../log/options.js';

export const backupCommand = (): Command =>
  logCommand('backup')
    .description('Write the whole log into a file, gzipped, also while Docket runs.')
    .argument('<file>', 'where to, e.g. docket-2026-11-23.ndjson.gz')
    .option('--force', 'replace the file where it is there already')
    .addHelpText(
      'after',
      `
Reads the log of the folder that --data names; without it the store of EVENTSTORE_URL, else the docket on the
data folder (DOCKET_DATA, else .docket).
What came into the log after the command began is not in the file.

Examples:
  docket backup docket-$(date +%F).ndjson.gz
  docket verify --backup docket-2026-11-23.ndjson.gz
  docket restore docket-2026-11-23.ndjson.gz --data ./restored`,
    )
    .action(async (file: string, options: BackupOptions) => {
      const { backUp } = await import('../log/back-up.js');
      await backUp(file, options);
    });
