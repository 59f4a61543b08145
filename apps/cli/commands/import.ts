import type { Command } from 'commander';
import type { AddressOptions } from '../connection/address.js';
import { clientCommand, connect } from '../connection/options.js';
import type { DocketClient } from '../connection/docket-client.js';
import { exitCodes } from '../exit-codes.js';
import { docketAt } from '../import/destination.js';
import { dryRun } from '../import/dry-run.js';
import { findingLines, findingsOf } from '../import/findings.js';
import { importIncidents } from '../import/import-incidents.js';
import type { Imported } from '../import/import-incidents.js';
import { indexIncidents } from '../import/incident-index.js';
import { ExportedFile } from '../import/reading/exported-file.js';
import { summaryLines, totalsOf } from '../import/summary.js';
import { unfinished } from '../import/unfinished.js';
import { print, printJson, terminalWidth } from '../terminal/output.js';
import { progressOf } from '../terminal/progress.js';
import { sourceName, whole } from './arguments.js';

interface Options extends AddressOptions {
  readonly source: string;
  readonly jobs: number;
  readonly dryRun?: true;
  readonly json?: true;
}

export const importCommand = (): Command =>
  clientCommand('import')
    .description(
      'Bring incidents along that were worked on elsewhere, as Microsoft Graph or the older Defender API returns them. Run twice it changes nothing.',
    )
    .argument(
      '<file>',
      'JSON: pages ({"value": [...]}), arrays or single incidents, on a line each or over several; `-`: standard input',
    )
    .option('--source <name>', 'whose ids these are', sourceName, 'defender')
    .option('--jobs <number>', 'how many incidents are sent at a time', whole(1, 32), 4)
    .option('--dry-run', 'read and check everything, send nothing')
    .option('--json', 'the summary and what became of every row, as one JSON document')
    .addHelpText(
      'after',
      `
Examples:
  docket import incidents.json --dry-run
  docket import incidents.ndjson
  az rest --url 'https://graph.microsoft.com/v1.0/security/incidents?$expand=alerts' | docket import -

Exit code 1: rows were skipped or alerts refused. 3: not all could be sent; run it again, and what is missing follows.`,
    )
    .action(importFile);

async function importFile(path: string, { source, jobs, json, ...options }: Options): Promise<void> {
  const client = options.dryRun ? undefined : await connect(options);
  const file = await ExportedFile.open(path);
  let imported: Imported;
  try {
    const reading = progressOf('bytes', file.size);
    const index = await indexIncidents(file, (bytes) => reading.at(bytes)).finally(() => reading.end());
    const sending = progressOf('incidents', index.incidents.length);
    const destination = client ? docketAt(client) : await dryRun();
    const reached = (incidents: number) => sending.at(incidents);
    imported = await importIncidents(file, index, { source, destination, jobs, reached }).finally(() => sending.end());
  } finally {
    await file.close();
  }
  if (client && imported.position > 0n) await shown(client, imported.position);
  await (json ? printJson(documentOf(imported, source)) : printSummary(imported));
  if (imported.stopped !== undefined) throw unfinished(imported.stopped, leftOf(imported));
  const totals = totalsOf(imported);
  if ((totals.rows.skipped ?? 0) + (totals.alerts.refused ?? 0) > 0) process.exitCode = exitCodes.failed;
}

async function printSummary(imported: Imported): Promise<void> {
  const width = terminalWidth();
  const findings = findingLines(findingsOf(imported), width);
  const lines = [...summaryLines(totalsOf(imported), width), ...(findings.length > 0 ? ['', ...findings] : [])];
  await print(lines.map((line) => `${line}\n`).join(''));
}

const documentOf = (imported: Imported, source: string) => ({
  source,
  summary: totalsOf(imported),
  skipped: imported.skipped,
  goesOnAfterLine: imported.goesOn ?? null,
  incidents: imported.incidents.map(({ place, older, ...result }) => ({
    ...lineOf(place),
    ...result,
    olderVersions: older.map(lineOf),
  })),
});

const lineOf = ({ line, nth }: { readonly line: number; readonly nth: number }) => ({ line, nth });

/** What is imported shows in the queue once the command has ended; where that takes longer, it shows a moment later. */
async function shown(client: DocketClient, position: bigint): Promise<void> {
  await client.get('/v1/incidents', { limit: 1 }, { 'docket-after': String(position) }).catch(() => undefined);
}

function leftOf({ incidents }: Imported): string {
  const missing = incidents.filter(({ outcome }) => outcome === 'not sent').length;
  return `${missing} of ${incidents.length} incidents may not have come over`;
}
