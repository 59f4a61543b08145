import { streams } from '#incidents';
import { docketEvents } from '#process-managers';
import { queueColumns } from '../commands/queue.js';
import type { AddressOptions } from '../connection/address.js';
import type { DocketClient } from '../connection/docket-client.js';
import { connect } from '../connection/options.js';
import { AlertTitles } from '../history/alert-titles.js';
import { Causes } from '../history/causes.js';
import { entryBlock } from '../history/entry-block.js';
import { incidentPage } from '../history/incident-page.js';
import { collectGarbageEarly } from '../log/early-collection.js';
import { progressUpTo } from '../log/progress.js';
import { Refusal } from '../refusal.js';
import type { FormatOptions } from '../terminal/output.js';
import { formatOf, print, printJson, printLine, printRows, remark, terminalWidth } from '../terminal/output.js';
import { second } from '../terminal/printable.js';
import { incidentThen } from './incident-then.js';
import type { IncidentThen } from './incident-then.js';
import { inWords } from './moment.js';
import type { Moment } from './moment.js';
import { PastEvents } from './past-events.js';
import { queueThen } from './queue-then.js';

export interface ReplayOptions extends AddressOptions, FormatOptions {
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
const columns = queueColumns((at) => second(at).slice(0, 16));

export async function replay({ until, ...options }: ReplayOptions): Promise<void> {
  const client = await connect(options);
  const past = new PastEvents(() => connect(options), until);
  if (options.serve !== undefined) return serve(client, past, options.serve);
  if (options.incident !== undefined) return showIncident(client, past, options.incident, options);
  return showQueue(client, past, options);
}

async function showQueue(client: DocketClient, past: PastEvents, options: Omit<ReplayOptions, 'until'>): Promise<void> {
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
  const known = { titles: new AlertTitles(client), causes: new Causes() };
  for (const entry of history) {
    known.titles.note(entry);
    known.causes.note(entry);
  }
  const lines: string[] = [];
  for (const entry of history.slice(-entriesShown)) lines.push(...(await entryBlock(entry, known, width)));
  return lines;
}

async function serve(client: DocketClient, past: PastEvents, port: number): Promise<void> {
  const progress = await progressOf(client, past.moment);
  const interrupted = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve());
  });
  const { servePast } = await import('./serve-past.js');
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
