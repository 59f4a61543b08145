import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';
import { auditEvents } from '#audit';
import { copyAndCompare } from '../log/copy-and-compare.js';
import { logCommand, settingsOf } from '../log/options.js';
import type { LogOptions } from '../log/options.js';
import { progressUpTo } from '../log/progress.js';
import { connected, placeOf, reachLog } from '../log/reach-log.js';
import { Refusal } from '../refusal.js';
import { print, remark } from '../terminal/output.js';

interface Options extends LogOptions {
  readonly to: string;
}

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

Example:
  docket copy --to 'esdb://admin:changeit@eventstore:2113'`,
    )
    .action(copy);

async function copy({ to, ...options }: Options): Promise<void> {
  const reached = await reachLog(settingsOf(options));
  const target = connected(to, `the event store ${placeOf(to)}`);
  try {
    const { log, of, url } = reached;
    if (to === url) throw new Refusal('That is the very store that the log is in: name another one with --to');
    const head = await log.head();
    const progress = progressUpTo(head);
    const copied = await copyAndCompare({
      events: auditEvents(log, { upTo: head ?? 0n }),
      to: target.log,
      onProgress: progress.at,
    }).finally(progress.end);
    if (copied.already > 0) remark(`${copied.already} of them were there already.`);
    await print(
      `${copied.events} events of ${of} are in ${target.of}, up to position ${copied.position ?? 'none'}\n${copied.fingerprint}\n`,
    );
  } finally {
    await target.close();
    await reached.close();
  }
}

function storeUrl(value: string): string {
  if (!/^esdb(\+discover)?:\/\/./.test(value))
    throw new InvalidArgumentError('Write it like esdb://127.0.0.1:2113?tls=false.');
  return value;
}
