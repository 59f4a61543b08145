import type { Command } from 'commander';
import type { AddressOptions } from '../connection/address.js';
import { clientCommand, connect } from '../connection/options.js';
import { exitCodes } from '../exit-codes.js';
import { roundedAt } from '../import/adaptations.js';
import { adaptationIn, findingLines, furtherPages, skippedRow } from '../import/findings.js';
import { sumOf } from '../import/counts.js';
import { ExportedFile } from '../import/reading/exported-file.js';
import { problemIn } from '../connection/problem-words.js';
import { summaryLines } from '../import/summary.js';
import { unfinished } from '../import/unfinished.js';
import { alertRows } from '../report/alert-rows.js';
import type { AlertRows } from '../report/alert-rows.js';
import { reportAlerts } from '../report/report-alerts.js';
import type { AlertResult, Reported } from '../report/report-alerts.js';
import { print, printJson, terminalWidth } from '../terminal/output.js';
import { progressOf } from '../terminal/progress.js';
import { sourceName } from './arguments.js';

interface Options extends AddressOptions {
  readonly source: string;
  readonly here?: true;
  readonly json?: true;
}

export const reportCommand = (): Command =>
  clientCommand('report')
    .description(
      'Report alerts as Microsoft Graph or the older Defender API returns them. Each finds its incident; reported again it changes nothing.',
    )
    .argument('<file>', 'JSON: pages, arrays or single alerts, on a line each or over several; `-`: standard input')
    .option(
      '--source <name>',
      'whose incidents their `incidentId` names; those that were imported are found',
      sourceName,
      'defender',
    )
    .option('--here', 'their `incidentId` names an incident of this docket')
    .option('--json', 'the summary and what became of every alert, as one JSON document')
    .addHelpText(
      'after',
      `
Examples:
  docket report alerts.ndjson
  docket report alerts.json --json | jq '.alerts[] | select(.outcome == "refused")'
  az rest --url https://graph.microsoft.com/v1.0/security/alerts_v2 | docket report -

Exit code 1: rows were skipped or alerts refused. 3: not all could be sent; run it again, and what is missing follows.`,
    )
    .action(reportFile);

async function reportFile(path: string, { source, here, json, ...options }: Options): Promise<void> {
  const client = await connect(options);
  const file = await ExportedFile.open(path);
  let rows: AlertRows;
  let reported: Reported;
  try {
    rows = await alertRows(file);
    const progress = progressOf('alerts', rows.alerts.length);
    const reached = (alerts: number) => progress.at(alerts);
    reported = await reportAlerts(file, rows, { client, source: here ? undefined : source, reached }).finally(() =>
      progress.end(),
    );
  } finally {
    await file.close();
  }
  const alerts = sumOf([
    { read: rows.rows, skipped: rows.skipped.length },
    ...reported.results.map(({ outcome }) => ({ [outcome]: 1 })),
  ]);
  await (json ? printJson(documentOf(alerts, rows, reported)) : printSummary(alerts, rows, reported));
  if (reported.stopped !== undefined) throw unfinished(reported.stopped, leftOf(reported));
  if ((alerts.skipped ?? 0) + (alerts.refused ?? 0) > 0) process.exitCode = exitCodes.failed;
}

async function printSummary(
  alerts: Readonly<Record<string, number>>,
  { skipped, goesOn }: AlertRows,
  { results }: Reported,
): Promise<void> {
  const width = terminalWidth();
  const ofAlerts = results.flatMap((result) => wordsOf(result).map((words) => ({ place: result.place, words })));
  const findings = findingLines([...skipped.map(skippedRow), ...furtherPages(goesOn), ...ofAlerts], width);
  const lines = [...summaryLines({ alerts }, width), ...(findings.length > 0 ? ['', ...findings] : [])];
  await print(lines.map((line) => `${line}\n`).join(''));
}

function wordsOf({ place, id, outcome, problem, incidentId, resolved }: AlertResult): string[] {
  if (outcome === 'refused') return [`alert ${id ?? 'without an id'} is refused: ${problemIn(problem)}`];
  if (outcome === 'not sent') return [];
  const rounded = roundedAt([place]).map((each) => adaptationIn({ ...each, alertId: id! }));
  if (resolved === undefined) return rounded;
  return [`alert ${id}: incident ${resolved} is resolved, so it went to ${incidentId ?? 'another'}`, ...rounded];
}

const documentOf = (alerts: object, { skipped, goesOn }: AlertRows, { results }: Reported) => ({
  summary: { alerts },
  skipped,
  goesOnAfterLine: goesOn ?? null,
  alerts: results.map(({ place, ...result }) => ({
    ...{ line: place.line, nth: place.nth, ...result },
    adapted: roundedAt([place]),
  })),
});

function leftOf({ results }: Reported): string {
  const missing = results.filter(({ outcome }) => outcome === 'not sent').length;
  return `${missing} of ${results.length} alerts may not have been reported`;
}
