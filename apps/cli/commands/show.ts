import { Option } from 'commander';
import type { Command } from 'commander';
import type { AddressOptions } from '../connection/address.js';
import type { DocketClient } from '../connection/docket-client.js';
import { clientCommand, connect } from '../connection/options.js';
import type { Page } from '../connection/pages.js';
import { largestPage, pagesOf } from '../connection/pages.js';
import { AlertTitles } from '../history/alert-titles.js';
import { Causes } from '../history/causes.js';
import { entryBlock } from '../history/entry-block.js';
import type { Alert, Entry, Incident } from '../history/entry.js';
import { historyPathOf, pathOf } from '../history/entry.js';
import { incidentPage } from '../history/incident-page.js';
import type { AlertRow } from '../history/incident-page.js';
import { alertsThen, historyUpTo } from '../history/incident-then.js';
import { print, printJson, remark, terminalWidth } from '../terminal/output.js';
import { whole } from './arguments.js';

interface Options extends AddressOptions {
  readonly asOf?: string;
  readonly revision?: number;
  readonly alerts: number;
  readonly json?: true;
}

/** An incident, its alerts (of the past: what is still known of them), and its last entries, the oldest first. */
interface Found {
  readonly incident: Incident;
  readonly alerts: readonly AlertRow[];
  readonly last: readonly Entry[];
}

const entriesShown = 5;

export const showCommand = (): Command =>
  clientCommand('show')
    .description('Show one incident, as it is or as it was: its state, alerts, impacted assets and what happened last.')
    .argument('<id>', 'number of the incident')
    .addOption(new Option('--as-of <time>', 'as it was then, e.g. 2026-11-23T12:00:00Z').conflicts('revision'))
    .addOption(new Option('--revision <number>', 'as it was after this entry of its history').argParser(whole(0)))
    .addOption(new Option('--alerts <number>', 'how many alerts to show').argParser(whole(1)).default(25))
    .option('--json', 'the incident, with all its alerts, as one JSON document')
    .addHelpText(
      'after',
      `
Examples:
  docket show 12
  docket show 12 --revision 3
  docket show 12 --as-of 2026-11-23T12:00:00Z --json`,
    )
    .action(showIncident);

async function showIncident(incidentId: string, options: Options): Promise<void> {
  const client = await connect(options);
  const isPast = options.asOf !== undefined || options.revision !== undefined;
  const most = options.json ? Infinity : options.alerts;
  const { incident, alerts, last } = await (isPast
    ? asItWas(client, incidentId, options, most)
    : asItIs(client, incidentId, most));
  if (options.json) return printJson({ ...incident, alerts });

  const width = terminalWidth();
  await print(incidentPage({ incident, alerts, history: await linesOf(client, last, width) }, width));
  if (width === undefined) return;
  if (alerts.length < incident.alertCount)
    remark(`docket show ${incidentId} --alerts ${incident.alertCount} shows all.`);
  if (isPast && alerts.length > 0)
    remark('Of the alerts this is what was detected; docket replay shows their states then.');
}

async function asItIs(client: DocketClient, incidentId: string, most: number): Promise<Found> {
  const incident = await client.get<Incident>(pathOf(incidentId));
  const newest = await client.get<Page<Entry>>(historyPathOf(incidentId), { order: 'desc', limit: entriesShown });
  const alerts: Alert[] = [];
  const query = { limit: Math.min(most, largestPage) };
  for await (const page of pagesOf<Alert>(client, `${pathOf(incidentId)}/alerts`, query)) {
    alerts.push(...page.slice(0, most - alerts.length));
    if (alerts.length >= most) break;
  }
  return { incident, alerts, last: newest.value.toReversed() };
}

async function asItWas(client: DocketClient, incidentId: string, then: Options, most: number): Promise<Found> {
  const { asOf, revision } = then;
  const incident = await client.get<Incident>(pathOf(incidentId), { asOf, revision });
  const { alertIds, last } = await historyUpTo(client, incidentId, incident.revision, entriesShown);
  return { incident, alerts: await alertsThen(client, incidentId, alertIds.slice(0, most)), last };
}

/** A program that wants the history asks for it. */
async function linesOf(client: DocketClient, entries: readonly Entry[], width: number | undefined): Promise<string[]> {
  if (width === undefined) return [];
  const known = { titles: new AlertTitles(client), causes: new Causes() };
  const lines: string[] = [];
  for (const entry of entries) lines.push(...(await entryBlock(entry, known, width)));
  return lines;
}
