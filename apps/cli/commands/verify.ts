import type { Command } from 'commander';
import { logCommand } from '../log/options.js';
import type { VerifyOptions } from '../log/verify.js';

export const verifyCommand = (): Command =>
  logCommand('verify')
    .description('Read the whole log and check that it is what Docket promises; compare the read model with it.')
    .option('--backup <file>', 'check a file that docket backup wrote, in place of the log')
    .option('--json', 'one JSON document')
    .addHelpText(
      'after',
      `
Checked: every event can be read; revisions, positions and times; every incident folds; every alert is in
exactly one incident; a resolved incident has no open alert; a merged one never changes; every command is
there once, every plan carried out; the correlator never goes back. Then each document of the read model, of incidents and of alerts, against the fold of the log: of MONGODB_URL, or of the
docket that runs on this log. The log is that of --data, else of EVENTSTORE_URL, else of DOCKET_DATA.
Exit code 1 where there is a fault.

Examples:
  docket verify
  docket verify --backup docket-2026-11-23.ndjson.gz`,
    )
    .action(async (options: VerifyOptions) => {
      const { verify } = await import('../log/verify.js');
      await verify(options);
    });
