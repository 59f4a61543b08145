import type { Command } from 'commander';
import { logCommand } from '../log/options.js';
import type { RebuildCommandOptions } from '../log/rebuild.js';

export const rebuildCommand = (): Command =>
  logCommand('rebuild')
    .description('Make the read model anew from the log, also while Docket runs, and let it serve.')
    .option('--dry-run', 'fill and compare, then drop what was made')
    .option('--json', 'one JSON document')
    .addHelpText(
      'after',
      `
Fills a new generation of the read model beside the one that serves, lets the projector bring it up to date,
says which documents differ, and lets it serve from one moment to the next. Queries go on meanwhile, and
never see less than before. Ended at any moment it changes nothing; begin again. A second one at the same
time is refused. What differs was damaged, or made by an older Docket: it is mended.
The log is that of --data, else of EVENTSTORE_URL, else of DOCKET_DATA; the read model that of MONGODB_URL, of
the docket that runs on this log, or of the data folder.
Exit code 1 where --dry-run finds a difference, 3 where another rebuild is at work.

Examples:
  docket rebuild
  docket rebuild --dry-run --json`,
    )
    .action(async (options: RebuildCommandOptions) => {
      const { rebuildReadModel } = await import('../log/rebuild.js');
      await rebuildReadModel(options);
    });
