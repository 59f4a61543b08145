import { EventLog } from '../storage/log.js';
import { verifyLog } from '../storage/verify.js';
import { nobody } from './nobody.js';

/**
 * What a store in a folder has broken of what was promised to `power-cut-victim.ts`; undefined where nothing. `acknowledged` has a
 * line `stream revision number` for each append, with the revision of its last event. `from`: the position from which on
 * events are looked at; from 1 the whole log is verified too.
 */
export async function brokenPromise(
  folder: string,
  acknowledged: readonly string[],
  from = 1,
): Promise<string | undefined> {
  try {
    const { problems } = from === 1 ? await verifyLog(folder) : { problems: [] };
    if (problems.length > 0) return problems[0];
    const log = EventLog.open(folder, nobody);
    try {
      return brokenIn(log, acknowledged, from);
    } finally {
      await log.close();
    }
  } catch (reason) {
    return (reason as Error).message;
  }
}

function brokenIn(log: EventLog, acknowledged: readonly string[], from: number): string | undefined {
  const streams = new Map<string, Map<number, number>>();
  for (const event of log.readAll(from, false)) {
    const numbers = streams.get(event.stream) ?? new Map<number, number>();
    streams.set(event.stream, numbers);
    numbers.set(event.revision, (JSON.parse(event.data.toString()) as { n: number }).n);
  }
  for (const [stream, numbers] of streams)
    for (const [revision, n] of numbers)
      if (revision % 3 === 0 && numbers.get(revision + 2) !== n)
        return `An append to ${stream} is torn at revision ${revision}`;
  for (const line of acknowledged) {
    const [stream, revision, n] = line.split(' ') as [string, string, string];
    if (streams.get(stream)?.get(Number(revision)) !== Number(n)) return `Lost: ${line}`;
    const id = log.streamId(stream);
    if (id === undefined || log.event(id, stream, Number(revision)) === undefined) return `Not in its stream: ${line}`;
  }
  return undefined;
}
