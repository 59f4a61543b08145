import { EventLog } from '../storage/log.js';
import { verifyLog } from '../storage/verify.js';

const nobody = { onCommitted: () => undefined, onRefused: () => undefined, onFailure: () => undefined };

/**
 * What a store in a folder has broken of what was promised to `power-cut-victim.ts`; undefined where nothing. `acknowledged` has a
 * line `stream revision number` for each append, with the revision of its last event.
 */
export async function brokenPromise(folder: string, acknowledged: readonly string[]): Promise<string | undefined> {
  try {
    const { problems } = await verifyLog(folder);
    if (problems.length > 0) return problems[0];
    const log = EventLog.open(folder, nobody);
    try {
      return brokenIn(log, acknowledged);
    } finally {
      await log.close();
    }
  } catch (reason) {
    return (reason as Error).message;
  }
}

function brokenIn(log: EventLog, acknowledged: readonly string[]): string | undefined {
  const numbers = new Map<string, number[]>();
  for (const event of log.readAll(1, false)) {
    const stream = numbers.get(event.stream) ?? [];
    numbers.set(event.stream, stream);
    stream.push((JSON.parse(event.data.toString()) as { n: number }).n);
  }
  for (const [stream, found] of numbers)
    for (let at = 0; at < found.length; at += 3)
      if (found[at] !== found[at + 2]) return `An append to ${stream} is torn at revision ${at}`;
  for (const line of acknowledged) {
    const [stream, revision, n] = line.split(' ') as [string, string, string];
    if (numbers.get(stream)?.[Number(revision)] !== Number(n)) return `Lost: ${line}`;
  }
  return undefined;
}
