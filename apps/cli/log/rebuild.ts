import { constants, setPriority } from 'node:os';
import { RebuildGivenUp, RebuildUnderWay, ReadModelOfAnotherLog, Served, TooMuchParked, rebuild } from '#read-model';
import type { Rebuilt, RebuildStep } from '#read-model';
import { exitWhenInterrupted } from '../interruption.js';
import { exitCodes } from '../exit-codes.js';
import { Refusal } from '../refusal.js';
import { chalk } from '../terminal/colours.js';
import { print, printJson, remark } from '../terminal/output.js';
import { printable } from '../terminal/printable.js';
import { settingsOf } from './options.js';
import type { LogOptions } from './options.js';
import { progressUpTo } from './progress.js';
import { reachLog } from './reach-log.js';
import { reachReadModelStore } from './reach-read-model-store.js';

export interface RebuildCommandOptions extends LogOptions {
  readonly dryRun?: true;
  readonly json?: true;
}

export async function rebuildReadModel({ dryRun, json, ...options }: RebuildCommandOptions): Promise<void> {
  exitWhenInterrupted();
  setPriority(constants.priority.PRIORITY_BELOW_NORMAL); // whoever serves comes first
  const settings = settingsOf(options);
  const reached = await reachLog(settings);
  const store = await reachReadModelStore(settings, reached.url);
  const progress = progressUpTo(await reached.log.head());
  let began = performance.now();
  let filledIn = 0;
  try {
    const done = await rebuild({
      log: reached.log,
      served: await Served.open(store.db),
      dryRun: dryRun === true,
      report: remark,
      onProgress: progress.at,
      onStep: (step) => {
        if (step === 'filling') began = performance.now();
        else progress.end();
        if (step === 'waiting for the projector') filledIn ||= performance.now() - began;
        if (words[step]) remark(words[step]);
      },
    }).catch(refused);
    const seconds = (filledIn || performance.now() - began) / 1_000;
    await (json ? printJson({ ...done, seconds }) : print(told(done, reached.of, seconds)));
    if (dryRun && done.comparison.differing > 0) process.exitCode = exitCodes.failed;
  } finally {
    progress.end();
    await store.close();
    await reached.close();
  }
}

const words: Partial<Record<RebuildStep, string>> = {
  'waiting for another rebuild': 'Another rebuild was begun: looking whether it is still at work …',
  'waiting for the projector': 'Filled; waiting until the projector feeds it …',
  comparing: 'Comparing …',
  'dropping the old generation': 'Switched; giving readers time to follow, as no projector sees to that …',
};

function refused(error: unknown): never {
  if (error instanceof RebuildUnderWay) throw new Refusal(error.message, exitCodes.unavailable, { cause: error });
  const mendable = [RebuildGivenUp, ReadModelOfAnotherLog, TooMuchParked];
  if (mendable.some((kind) => error instanceof kind))
    throw new Refusal((error as Error).message, undefined, { cause: error });
  throw error;
}

function told({ from, generation, events, served, comparison }: Rebuilt, of: string, seconds: number): string {
  const { before, after, differing, first } = comparison;
  const count = (number: number) => number.toLocaleString('en');
  const more = differing > first.length ? `, … and ${count(differing - first.length)} more` : '';
  const which = `${first.map(printable).join(', ')}${more}`;
  const lines = [
    `Filled from ${printable(of)}: ${count(events)} events in ${seconds.toFixed(1)} s, ${count(Math.round(events / seconds))} a second`,
    `Compared ${count(after)} documents with the ${count(before)} that ${served ? 'served' : 'serve'}`,
    differing === 0
      ? `${chalk.green('✓')} none differs`
      : `${chalk.yellow('!')} ${differing === 1 ? 'one differs' : `${count(differing)} differ`}, and ${served ? 'is now' : 'would be'} as the log tells: ${which}`,
    served ? `Generation ${generation} serves in place of ${from}` : `Nothing was changed: generation ${from} serves`,
  ];
  return lines.map((line) => `${line}\n`).join('');
}
