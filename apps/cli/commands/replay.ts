import { InvalidArgumentError, Option } from 'commander';
import type { Command } from 'commander';
import { incidentStatuses, severities, streams } from '#incidents';
import { docketEvents } from '#process-managers';
import type { AddressOptions } from '../connection/address.js';
import type { DocketClient } from '../connection/docket-client.js';
import { clientCommand, connect, withFormats } from '../connection/options.js';
import { AlertTitles } from '../history/alert-titles.js';
import { entryBlock } from '../history/entry-block.js';
import { incidentPage } from '../history/incident-page.js';
import { collectGarbageEarly } from '../log/early-collection.js';
import { progressUpTo } from '../log/progress.js';
import { Refusal } from '../refusal.js';
import { incidentThen } from '../replay/incident-then.js';
import type { IncidentThen } from '../replay/incident-then.js';
import { inWords, momentOf } from '../replay/moment.js';
import type { Moment } from '../replay/moment.js';
import { PastEvents } from '../replay/past-events.js';
import { queueThen } from '../replay/queue-then.js';
import { servePast } from '../replay/serve-past.js';
import type { FormatOptions } from '../terminal/output.js';
import { formatOf, print, printJson, printLine, printRows, remark, terminalWidth } from '../terminal/output.js';
import { second } from '../terminal/printable.js';
import { collect, whole } from './arguments.js';
import { queueColumns } from './queue.js';

interface Options extends AddressOptions, FormatOptions {
  readonly until: Moment;
  readonly incident?: string;
  readonly serve?: number;
  readonly status?: readonly string[];
  readonly severity?: readonly string[];
  readonly assignedTo?: readonly string[];
  readonly limit: number;
}

const entriesShown = 5;
const ofIncidents = `${streams.incident('')}*`;

/** An age says nothing of the past. */
const columns = queueColumns.map((column) =>
  column.title === 'updated'
    ? {
        ...column,
        value: ({ lastUpdateDateTime }: { lastUpdateDateTime: string }) => second(lastUpdateDateTime).slice(0, 16),
      }
    : column,
);

export const replayCommand = (): Command =>
  withFormats(clientCommand('replay'))
    .description('Show the queue, or one incident, as it was: folded from the log. Needs the role auditor or admin.')
    .addOption(
      new Option('--until <moment>', 'a time, e.g. 2026-11-23T12:00:00Z, or a position of the log')
        .argParser(momentOf)
        .makeOptionMandatory(),
    )
    .option('--incident <id>', 'one incident, with its alerts and what happened last')
    .option('--serve <port>', 'serve that past on a port of this machine, read-only, until Ctrl-C', port)
    .addOption(
      new Option('--status <status>', 'how far it was')
        .choices(incidentStatuses)
        .argParser(collect(oneOf(incidentStatuses))),
    )
    .addOption(
      new Option('--severity <severity>', 'how bad it was')
        .choices(severities.toReversed())
        .argParser(collect(oneOf(severities))),
    )
    .option('--assigned-to <owner>', 'an owner, or `none`', collect(String))
    .option('--limit <number>', 'how many incidents at most, those that had changed last', whole(1), 25)
    .addHelpText(
      'after',
      `
Examples:
  docket replay --until 2026-11-23T12:00:00Z
  docket replay --until 4711 --status active --assigned-to none
  docket replay --until 4711 --incident 12 --json
  docket replay --until 2026-11-23T12:00:00Z --serve 3100`,
    )
    .action(replay);

async function replay({ until, ...options }: Options): Promise<void> {
  const client = await connect(options);
  const past = new PastEvents(client, until);
  if (options.serve !== undefined) return serve(client, past, options.serve);
  if (options.incident !== undefined) return showIncident(client, past, options.incident, options);
  return showQueue(client, past, options);
}

async function showQueue(client: DocketClient, past: PastEvents, options: Omit<Options, 'until'>): Promise<void> {
  const { status, severity, assignedTo, limit } = options;
  collectGarbageEarly();
  const progress = await progressOf(client, past.moment);
  const { value, total, position } = await queueThen({
    events: past.read({ stream: ofIncidents }),
    catalogue: docketEvents,
    filter: { status, severity, assignedTo },
    limit,
    onProgress: progress.at,
  }).finally(progress.end);
  const format = formatOf(options);
  await printRows(format, value, columns, { value, total, position });
  if (format !== 'table' || !process.stdout.isTTY) return;
  if (total === 0) remark(`No incident matched at ${inWords(past.moment)}.`);
  else if (value.length < total) remark(`${value.length} of ${total} at ${inWords(past.moment)}; --limit shows more.`);
}

async function showIncident(
  client: DocketClient,
  past: PastEvents,
  incidentId: string,
  options: FormatOptions,
): Promise<void> {
  const found = await incidentThen(past.read({ stream: streams.incident(incidentId) }), docketEvents);
  if (!found) throw new Refusal(`There was no incident ${incidentId} at ${inWords(past.moment)}`);
  const format = formatOf(options);
  if (format === 'json') return printJson({ ...found.incident, alerts: found.alerts, history: found.history });
  if (format === 'ndjson') return printLine({ ...found.incident, alerts: found.alerts, history: found.history });
  const width = terminalWidth();
  await print(incidentPage({ ...found, history: await lastLines(client, found, width) }, width));
}

async function lastLines(
  client: DocketClient,
  { history }: IncidentThen,
  width: number | undefined,
): Promise<string[]> {
  if (width === undefined) return [];
  const titles = new AlertTitles(client);
  for (const entry of history) titles.note(entry);
  const lines: string[] = [];
  for (const entry of history.slice(-entriesShown)) lines.push(...(await entryBlock(entry, titles, width)));
  return lines;
}

async function serve(client: DocketClient, past: PastEvents, port: number): Promise<void> {
  const progress = await progressOf(client, past.moment);
  const interrupted = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
  const starting = servePast(past, { port, onProgress: progress.at }).finally(progress.end);
  const served = await Promise.race([starting, interrupted]);
  if (!served) process.exit(); // half a read model is of no use, and the folder goes with the process
  await print(`The past, as of ${inWords(past.moment)} (${served.events} events), is at ${served.url}, read-only.

export TOKEN=${served.token}
curl -s -H "Authorization: Bearer $TOKEN" "${served.url}/v1/incidents?limit=3"
`);
  remark('Ctrl-C ends it and removes what was made for it.');
  await interrupted;
  await served.stop();
  process.exit(); // idle connections to the docket would keep it for seconds
}

/** How long the log is, is known from how far the read model has come. */
async function progressOf(client: DocketClient, moment: Moment): Promise<ReturnType<typeof progressUpTo>> {
  if (!process.stderr.isTTY) return progressUpTo(undefined);
  const { position } = await client.get<{ position: string }>('/v1/incidents', { limit: 1 });
  const end = BigInt(position);
  return progressUpTo('position' in moment && moment.position < end ? moment.position : end);
}

const oneOf =
  (words: readonly string[]) =>
  (value: string): string => {
    const word = words.find((each) => each.toLowerCase() === value.toLowerCase());
    if (word === undefined) throw new InvalidArgumentError(`Allowed are ${words.join(', ')}.`);
    return word;
  };

function port(value: string): number {
  const number = Number(value);
  if (!/^\d{1,5}$/.test(value) || number > 65_535)
    throw new InvalidArgumentError('Give a port from 0 to 65535 (0 takes a free one).');
  return number;
}
