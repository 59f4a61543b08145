import { Argument, Option } from 'commander';
import type { Command } from 'commander';
import type { AddressOptions } from '../connection/address.js';
import type { DocketClient, Query } from '../connection/docket-client.js';
import { clientCommand, connect, withFormats } from '../connection/options.js';
import { largestPage, pagesOf } from '../connection/pages.js';
import { exitCodes } from '../exit-codes.js';
import { AlertTitles } from '../history/alert-titles.js';
import { differencePage } from '../history/difference-page.js';
import { differenceOf, parseSpan } from '../history/difference.js';
import type { Span } from '../history/difference.js';
import { csvWriter, writerOf } from '../history/entry-writer.js';
import { historyPathOf } from '../history/entry.js';
import type { Entry } from '../history/entry.js';
import { followed } from '../history/followed.js';
import type { FormatOptions } from '../terminal/output.js';
import { formatOf, print, printJson, remark, terminalWidth } from '../terminal/output.js';
import { whole } from './arguments.js';

interface Options extends AddressOptions, FormatOptions {
  readonly newestFirst?: true;
  readonly comments?: true;
  readonly audits?: true;
  readonly actor?: string;
  readonly alert?: string;
  readonly from?: string;
  readonly to?: string;
  readonly limit?: number;
  readonly follow?: true;
  readonly diff?: Span;
  readonly csv?: true;
  readonly bom?: true;
}

export function historyCommand(): Command {
  const option = (flags: string, description: string) => new Option(flags, description);
  return withFormats(clientCommand('history'))
    .description('Show who did what to an incident and its alerts, when, and from what to what; the oldest first.')
    .addArgument(new Argument('<id>', 'number of the incident'))
    .option('--newest-first', 'the other way round')
    .addOption(option('--comments', 'comments only').conflicts('audits'))
    .option('--audits', 'everything but comments')
    .option('--actor <who>', 'what somebody did, by id or name')
    .option('--alert <id>', 'what is about this alert')
    .option('--from <time>', 'then or later, e.g. 2026-11-23T00:00:00Z')
    .option('--to <time>', 'before')
    .addOption(option('--limit <number>', 'how many at most').argParser(whole(1)))
    .addOption(
      option('--follow', 'go on with what comes, until Ctrl-C').conflicts(['newestFirst', 'limit', 'to', 'json']),
    )
    .addOption(
      option('--diff <a..b>', 'how the incident differs between two revisions; a.. means up to now')
        .argParser(parseSpan)
        .conflicts(['newestFirst', 'comments', 'audits', 'actor', 'alert', 'from', 'to', 'limit', 'follow'])
        .conflicts(['csv', 'ndjson']),
    )
    .addOption(option('--csv', 'one row a change, for a spreadsheet').conflicts(['json', 'ndjson']))
    .option('--bom', 'with --csv: a byte order mark, which Excel needs')
    .addHelpText(
      'after',
      `
Examples:
  docket history 12
  docket history 12 --comments --newest-first --limit 5
  docket history 12 --diff 3..
  docket history 12 --follow
  docket history 12 --csv --bom > incident-12.csv`,
    )
    .action(showHistory);
}

async function showHistory(incidentId: string, options: Options): Promise<void> {
  if (options.follow) process.once('SIGINT', () => process.exit(exitCodes.done));
  const client = await connect(options);
  const titles = new AlertTitles(client);
  if (options.diff) return showDifference(client, incidentId, options.diff, options, titles);

  const writer = options.csv ? csvWriter(options.bom === true) : writerOf(formatOf(options), titles);
  let count = 0;
  for await (const entries of entriesFor(client, incidentId, options)) {
    count += entries.length;
    await writer.write(entries);
  }
  await writer.end();
  if (count === 0 && process.stdout.isTTY) remark('No entry matches.');
}

function entriesFor(client: DocketClient, incidentId: string, options: Options): AsyncIterable<readonly Entry[]> {
  const path = historyPathOf(incidentId);
  const query: Query = {
    order: options.newestFirst ? 'desc' : undefined,
    kind: options.comments ? 'comment' : options.audits ? 'audit' : undefined,
    actor: options.actor,
    alertId: options.alert,
    from: options.from,
    to: options.to,
  };
  if (!options.follow) return atMost(options.limit ?? Infinity, client, path, query);
  const onSilence = (why: string) => remark(`${why}; waiting until it does.`);
  return followed({ connect: () => connect(options), path, query, onSilence });
}

async function* atMost(limit: number, client: DocketClient, path: string, query: Query) {
  let left = limit;
  for await (const entries of pagesOf<Entry>(client, path, { ...query, limit: Math.min(limit, largestPage) })) {
    yield entries.slice(0, left);
    left -= entries.length;
    if (left <= 0) return;
  }
}

async function showDifference(
  client: DocketClient,
  incidentId: string,
  span: Span,
  { json }: FormatOptions,
  titles: AlertTitles,
): Promise<void> {
  const difference = await differenceOf(client, incidentId, span, titles);
  await (json ? printJson(difference) : print(differencePage(difference, terminalWidth())));
}
