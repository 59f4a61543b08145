import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';
import type { CopyOptions } from '../log/copy.js';
import { logCommand } from '../log/options.js';

export const copyCommand = (): Command =>
  logCommand('copy')
    .description('Copy the whole log into another, empty EventStoreDB, and compare the two by counts and hashes.')
    .requiredOption('--to <url>', 'the other store, e.g. esdb://127.0.0.1:2113?tls=false', storeUrl)
    .addHelpText(
      'after',
      `
The copy has the same streams, revisions, event ids and order; positions are the other store's. What was cut
off goes on when the command is given again, and what came into the log meanwhile comes along. Stop Docket
before the last time. Nobody may write to the other store before the copy is finished.

A read model belongs to its log. Start Docket on the copy with another, empty MONGODB_URL, or without the folder
documents: it is made anew. On one that was made from the old log the projector stops and says so.

Example:
  docket copy --to 'esdb://admin:changeit@eventstore:2113'`,
    )
    .action(async (options: CopyOptions) => {
      const { copy } = await import('../log/copy.js');
      await copy(options);
    });

function storeUrl(value: string): string {
  if (!/^esdb(\+discover)?:\/\/./.test(value))
    throw new InvalidArgumentError('Write it like esdb://127.0.0.1:2113?tls=false.');
  return value;
}
