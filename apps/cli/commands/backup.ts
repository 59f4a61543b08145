import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import { auditEvents, writeBackup } from '#audit';
import { logCommand, settingsOf } from '../log/options.js';
import type { LogOptions } from '../log/options.js';
import { progressUpTo } from '../log/progress.js';
import { reachLog } from '../log/reach-log.js';
import { Refusal } from '../refusal.js';
import { print } from '../terminal/output.js';

interface Options extends LogOptions {
  readonly force?: true;
}

export const backupCommand = (): Command =>
  logCommand('backup')
    .description('Write the whole log into a file, gzipped, also while Docket runs.')
    .argument('<file>', 'where to, e.g. docket-2026-11-23.ndjson.gz')
    .option('--force', 'replace the file where it is there already')
    .addHelpText(
      'after',
      `
Reads the store that EVENTSTORE_URL names, else that of the docket on the data folder.
What came into the log after the command began is not in the file.

Examples:
  docket backup docket-$(date +%F).ndjson.gz
  docket verify --backup docket-2026-11-23.ndjson.gz
  docket restore docket-2026-11-23.ndjson.gz --data ./restored`,
    )
    .action(backUp);

async function backUp(file: string, { force, ...options }: Options): Promise<void> {
  if (existsSync(file) && !force)
    throw new Refusal(`${file} is there already: take another name, or replace it with --force`);
  const reached = await reachLog(settingsOf(options));
  try {
    const { log, of } = reached;
    const head = await log.head();
    const progress = progressUpTo(head);
    const written = await writeBackup({
      file,
      head: { at: new Date().toISOString(), of },
      events: auditEvents(log, { upTo: head ?? 0n }),
      onProgress: progress.at,
    }).finally(progress.end);
    await print(
      `${written.events} events of ${of}, up to position ${written.position ?? 'none'}\n${written.fingerprint}\n`,
    );
  } finally {
    await reached.close();
  }
}
