import { Refusal } from '../refusal.js';
import { print, remark } from '../terminal/output.js';
import { copyAndCompare } from './copy-and-compare.js';
import { settingsOf } from './options.js';
import type { LogOptions } from './options.js';
import { progressUpTo } from './progress.js';
import { connected, eventsUpTo, placeOf, reachLog } from './reach-log.js';

export interface CopyOptions extends LogOptions {
  readonly to: string;
}

export async function copy({ to, ...options }: CopyOptions): Promise<void> {
  const reached = await reachLog(settingsOf(options));
  const target = connected(to, `the event store ${placeOf(to)}`);
  try {
    const { log, of, url } = reached;
    if (to === url) throw new Refusal('That is the very store that the log is in: name another one with --to');
    const head = await log.head();
    const progress = progressUpTo(head);
    const copied = await copyAndCompare({
      events: eventsUpTo(log, head),
      to: target.log,
      onProgress: progress.at,
    }).finally(progress.end);
    if (copied.already > 0) remark(`${copied.already} of them were there already.`);
    await print(
      `${copied.events} events of ${of} are in ${target.of}, up to position ${copied.position ?? 'none'}\n${copied.fingerprint}\n`,
    );
  } finally {
    await target.close();
    await reached.close();
  }
}
