import { Option } from 'commander';
import type { Command } from 'commander';
import { classifications, determinations, incidentStatuses, severities } from '#incidents';
import type { QueueSort } from '#read-model';
import { clientCommand, connect, withFormats } from '../connection/options.js';
import type { AddressOptions } from '../connection/address.js';
import { largestPage } from '../connection/pages.js';
import { coloured } from '../terminal/colours.js';
import type { FormatOptions } from '../terminal/output.js';
import { formatOf, printRows, remark } from '../terminal/output.js';
import { age } from '../terminal/printable.js';
import type { Column } from '../terminal/table.js';
import { collect, whole } from './arguments.js';

interface Row {
  readonly id: string;
  readonly displayName: string;
  readonly status: string;
  readonly severity: string;
  readonly assignedTo: string | null;
  readonly alertCount: number;
  readonly activeAlertCount: number;
  readonly lastUpdateDateTime: string;
}
interface Page {
  readonly value: readonly Row[];
  readonly nextCursor: string | null;
  readonly total?: number;
  readonly totalIsExact?: boolean;
  readonly parked?: readonly string[];
}

/** `shown`: how the time of the last change is told to people. */
export const queueColumns = (shown: (at: string) => string): readonly Column<Row>[] => [
  { title: 'id', value: ({ id }) => id, align: 'right' },
  { title: 'severity', value: ({ severity }) => severity, style: coloured, least: 6 },
  { title: 'status', value: ({ status }) => status, style: coloured },
  { title: 'owner', value: ({ assignedTo }) => assignedTo ?? '-', least: 6 },
  { title: 'alerts', value: ({ activeAlertCount, alertCount }) => `${activeAlertCount}/${alertCount}`, align: 'right' },
  {
    title: 'updated',
    value: ({ lastUpdateDateTime }) => shown(lastUpdateDateTime),
    exactly: ({ lastUpdateDateTime }) => lastUpdateDateTime,
    align: 'right',
  },
  { title: 'name', value: ({ displayName }) => displayName, least: 20 },
];

/** Filters of GET /v1/incidents, by the names that it has for them; the words are for help and completion: the API takes any case. */
const filters: readonly (readonly [flags: string, description: string, words?: readonly string[]])[] = [
  ['--status <status>', 'how far it is', incidentStatuses],
  ['--severity <severity>', 'how bad it is', severities.toReversed()],
  ['--assigned-to <owner>', 'an owner, `me` or `none`'],
  ['--tag <tag>', 'a tag'],
  ['--classification <classification>', 'whether it was real', [...classifications, 'unknown']],
  ['--determination <determination>', 'what it was', [...determinations, 'unknown']],
  ['--category <category>', 'e.g. InitialAccess'],
  ['--service-source <product>', 'e.g. microsoftDefenderForEndpoint'],
  ['--detection-source <technology>', 'e.g. antivirus'],
  ['--entity <entity>', 'a device, user or mailbox'],
  ['--external-id <id>', 'the id that an imported incident had'],
  ['--external-source <source>', 'where it was imported from, e.g. defender'],
];

/** The orders that people want; the API has their opposites too. */
const sorts: readonly QueueSort[] = [
  '-lastUpdateDateTime',
  '-createdDateTime',
  '-severity',
  'displayName',
  'id',
  '-id',
];

interface Options extends AddressOptions, FormatOptions {
  readonly view?: string;
  readonly q?: string;
  readonly updatedFrom?: string;
  readonly updatedTo?: string;
  readonly createdFrom?: string;
  readonly createdTo?: string;
  readonly sort?: string;
  readonly limit: number;
  readonly [filter: string]: unknown;
}

export function queueCommand(): Command {
  const command = withFormats(clientCommand('queue')).description(
    'Show the incidents that match, those that changed last first. Filters may be repeated: any of their values.',
  );
  for (const [flags, description, words] of filters) {
    const option = new Option(flags, description);
    if (words) option.choices(words);
    command.addOption(option.argParser(collect(String)));
  }
  return command
    .option('--view <name>', 'a saved or built-in view, e.g. default; other filters go before its own')
    .option('--q <words>', 'beginnings of words of the name or of an asset, or an id')
    .option('--updated-from <time>', 'changed at or after, e.g. 2026-11-23T00:00:00Z')
    .option('--updated-to <time>', 'changed before')
    .option('--created-from <time>', 'opened at or after')
    .option('--created-to <time>', 'opened before')
    .addOption(new Option('--sort <order>', 'a minus turns it round').choices(sorts).argParser(String))
    .option('--limit <number>', 'how many at most', whole(1), 25)
    .addHelpText(
      'after',
      `
Examples:
  docket queue --view mine
  docket queue --status active --assigned-to none
  docket queue --severity high --severity medium --sort -severity
  docket queue --q phish --json | jq .value[].id`,
    )
    .action(showQueue);
}

async function showQueue({ limit, url, token, data, json, ndjson, ...filter }: Options): Promise<void> {
  const client = await connect({ url, token, data });
  const format = formatOf({ json, ndjson });
  const query = filter as Record<string, string | readonly string[]>;

  let rows: Row[] = [];
  let page: Page | undefined;
  do {
    const cursor: string | undefined = page?.nextCursor ?? undefined;
    const next: Page = await client.get<Page>('/v1/incidents', {
      ...query,
      limit: Math.min(largestPage, limit - rows.length),
      cursor,
    });
    rows = [...rows, ...next.value];
    page = { ...page, ...next };
  } while (page.nextCursor !== null && rows.length < limit);

  await printRows(format, rows, queueColumns(age), { ...page, value: rows });
  if (format === 'json') return;
  // On standard error: whoever reads rows from a pipe is told too that they are not all.
  if (page.parked) remark(`Parked, and not shown: ${page.parked.join(', ')}; docket unpark tells why.`);
  if (format !== 'table' || !process.stdout.isTTY) return;
  if (rows.length === 0) remark('No incident matches.');
  else if (page.nextCursor !== null)
    remark(`${rows.length} of ${page.totalIsExact === false ? 'more than ' : ''}${page.total}; --limit shows more.`);
}
