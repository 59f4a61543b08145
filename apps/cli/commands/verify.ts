import type { Command } from 'commander';
import { auditEvents, checkBackup, compareReadModel, eventsOfBackup, verifyLog } from '#audit';
import type { Settings } from '#platform';
import { docketEvents } from '#process-managers';
import { exitCodes } from '../exit-codes.js';
import { collectGarbageEarly } from '../log/early-collection.js';
import { findings, summaryOfFindings } from '../log/findings.js';
import type { Findings } from '../log/findings.js';
import { logCommand, settingsOf } from '../log/options.js';
import type { LogOptions } from '../log/options.js';
import { progressUpTo } from '../log/progress.js';
import { reachLog } from '../log/reach-log.js';
import { documentsOf, reachReadModel } from '../log/read-model-documents.js';
import { print, printJson } from '../terminal/output.js';

interface Options extends LogOptions {
  readonly backup?: string;
  readonly json?: true;
}

export const verifyCommand = (): Command =>
  logCommand('verify')
    .description('Read the whole log and check that it is what Docket promises; compare the read model with it.')
    .option('--backup <file>', 'check a file that docket backup wrote, in place of the log')
    .option('--json', 'one JSON document')
    .addHelpText(
      'after',
      `
Checked: every event can be read; revisions, positions and times; every incident folds; every alert is in
exactly one incident; a resolved incident has no open alert; the correlator never goes back. Then each
document of the read model (MONGODB_URL, or of the docket that runs) against the fold of its stream.
Exit code 1 where there is a fault.

Examples:
  docket verify
  docket verify --backup docket-2026-11-23.ndjson.gz`,
    )
    .action(verify);

async function verify({ backup, json, ...options }: Options): Promise<void> {
  collectGarbageEarly();
  const found = backup === undefined ? await verifyStores(settingsOf(options)) : await verifyBackup(backup);
  await (json ? printJson(summaryOfFindings(found)) : print(findings(found)));
  if (found.log.faults.count > 0 || (found.readModel?.faults.count ?? 0) > 0) process.exitCode = exitCodes.failed;
}

async function verifyBackup(file: string): Promise<Findings> {
  const { head, position } = await checkBackup(file);
  const progress = progressUpTo(position);
  const events = eventsOfBackup(file);
  const log = await verifyLog({ events, catalogue: docketEvents, onProgress: progress.at }).finally(progress.end);
  return { of: `${file}, which is whole: ${head.of}, of ${head.at}`, log };
}

async function verifyStores(settings: Settings): Promise<Findings> {
  const reached = await reachLog(settings);
  try {
    const { log, of } = reached;
    const upTo = await log.head();
    const progress = progressUpTo(upTo);
    const events = auditEvents(log, { upTo: upTo ?? 0n });
    const verified = await verifyLog({ events, catalogue: docketEvents, onProgress: progress.at }).finally(
      progress.end,
    );
    const model = await reachReadModel(settings);
    if (!model) return { of, log: verified };
    try {
      const { readModel } = model;
      const shownUpTo = await readModel.checkpoints.position('incidents');
      const documents = documentsOf(readModel);
      const compared = await compareReadModel({ documents, shownUpTo, incidents: verified.incidents, log });
      return { of, log: verified, readModel: compared };
    } finally {
      await model.close();
    }
  } finally {
    await reached.close();
  }
}
