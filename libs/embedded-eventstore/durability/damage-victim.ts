import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, openSync, closeSync, readSync, writeSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { EventLog } from '../storage/log.js';
import { verifyLog } from '../storage/verify.js';
import { nobody } from './nobody.js';

/**
 * The process in which damaged files are read: it may crash. It is told `{ pristine, changes }`, and says for each change first
 * its number, then how it came to light.
 */
export interface Change {
  readonly offset: number;
  /** What the byte is XORed with, 1 to 255. */
  readonly xor: number;
}
export type Finding = 'at open' | 'on read' | 'by verify' | 'without effect' | 'SERVED';

/** All that readers can be told, in every direction, as one hash. Throws as a read does. */
function everythingIn(log: EventLog, streams: readonly string[]): string {
  const hash = createHash('sha256');
  for (const event of log.readAll(1, false)) hash.update(event.record);
  for (const event of log.readAll(log.lastPosition + 1, true)) hash.update(event.record);
  for (const stream of streams) {
    const id = log.streamId(stream);
    hash.update(`${stream}: `);
    if (id === undefined) continue;
    for (const event of log.readStream(id, stream, 0, false)) hash.update(event.record);
    for (const event of log.readStream(id, stream, Number.MAX_SAFE_INTEGER, true)) hash.update(event.record);
  }
  return hash.digest('hex');
}

async function read(folder: string, streams: readonly string[]): Promise<string> {
  let log: EventLog;
  try {
    log = EventLog.open(folder, nobody);
  } catch {
    return 'at open';
  }
  try {
    return everythingIn(log, streams);
  } catch {
    return 'on read';
  } finally {
    await log.close();
  }
}

async function finding(folder: string, streams: readonly string[], truth: string): Promise<Finding> {
  const found = await read(folder, streams);
  if (found === 'at open' || found === 'on read') return found;
  const { problems } = await verifyLog(folder);
  if (problems.length > 0) return 'by verify';
  return found === truth ? 'without effect' : 'SERVED';
}

function damage(file: string, { offset, xor }: Change): void {
  const descriptor = openSync(file, 'r+');
  const byte = Buffer.alloc(1);
  readSync(descriptor, byte, 0, 1, offset);
  byte[0]! ^= xor;
  writeSync(descriptor, byte, 0, 1, offset);
  closeSync(descriptor);
}

process.on(
  'message',
  ({ pristine, streams, changes, first }: { pristine: string; streams: string[]; changes: Change[]; first: number }) =>
    void (async () => {
      const truth = await read(pristine, streams);
      for (let index = first; index < changes.length; index++) {
        const folder = `${pristine}-damaged-${index}`;
        mkdirSync(folder);
        for (const file of ['data.mdb', 'last-position']) copyFileSync(join(pristine, file), join(folder, file));
        damage(join(folder, 'data.mdb'), changes[index]!);
        process.send!({ index });
        process.send!({ index, finding: await finding(folder, streams, truth) });
        rmSync(folder, { recursive: true, force: true });
      }
      process.disconnect();
    })(),
);
