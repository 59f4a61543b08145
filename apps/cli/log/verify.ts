import { checkBackup, compareReadModel, eventsOfBackup, verifyLog } from '#audit';
import type { Settings } from '#platform';
import { docketEvents } from '#process-managers';
import { exitCodes } from '../exit-codes.js';
import { print, printJson } from '../terminal/output.js';
import { collectGarbageEarly } from './early-collection.js';
import { findings, summaryOfFindings } from './findings.js';
import type { Findings } from './findings.js';
import { settingsOf } from './options.js';
import type { LogOptions } from './options.js';
import { progressUpTo } from './progress.js';
import { eventsUpTo, reachLog } from './reach-log.js';
import { reachReadModel } from './read-model-documents.js';

export interface VerifyOptions extends LogOptions {
  readonly backup?: string;
  readonly json?: true;
}

export async function verify({ backup, json, ...options }: VerifyOptions): Promise<void> {
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
    const events = eventsUpTo(log, upTo);
    const verified = await verifyLog({ events, catalogue: docketEvents, onProgress: progress.at }).finally(
      progress.end,
    );
    const model = await reachReadModel(settings, reached.url);
    if (!model) return { of, log: verified };
    try {
      const shownUpTo = await model.shownUpTo();
      const { incidents, alerts, position: foldedUpTo = 0n } = verified;
      const compared = await compareReadModel({ ...model, shownUpTo, incidents, alerts, foldedUpTo, log });
      return { of, log: verified, readModel: compared };
    } finally {
      await model.close();
    }
  } finally {
    await reached.close();
  }
}
