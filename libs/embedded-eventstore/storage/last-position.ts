import { closeSync, constants, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';

const FILE = 'last-position';

/**
 * The position of the last event, told a second time, in a file of its own. LMDB has two pages that say where its trees begin, without
 * a checksum, and takes the younger: where that is damaged it takes the older, and the last events are gone without a trace.
 *
 * The file is written behind the flush and is not flushed itself: it may be behind the log, after a power cut, and never ahead.
 */
export class LastPosition {
  private readonly descriptor: number;

  constructor(folder: string) {
    this.descriptor = openSync(join(folder, FILE), constants.O_RDWR | constants.O_CREAT, 0o644);
  }

  write(position: number): void {
    const content = Buffer.alloc(12);
    content.writeBigUInt64BE(BigInt(position), 4);
    content.writeUInt32BE(crc32(content.subarray(4)), 0);
    try {
      writeSync(this.descriptor, content, 0, content.length, 0);
    } catch {
      // The events are on disk, and this is not what they depend on.
    }
  }

  close(): void {
    closeSync(this.descriptor);
  }
}

/** What the file says: undefined where there is none, 'damaged' where it says nothing that can be believed. */
export function readLastPosition(folder: string): number | 'damaged' | undefined {
  let content: Buffer;
  try {
    content = readFileSync(join(folder, FILE));
  } catch (reason) {
    if ((reason as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw reason;
  }
  if (content.length === 0) return undefined; // the power went before its first content was on disk
  if (content.length !== 12 || crc32(content.subarray(4)) !== content.readUInt32BE(0)) return 'damaged';
  return Number(content.readBigUInt64BE(4));
}

/** What is wrong where the log ends at `position`; undefined where nothing is. */
export function missingBehind(folder: string, position: number): string | undefined {
  const told = readLastPosition(folder);
  return typeof told === 'number' && told > position
    ? `The log ends at position ${position}, where it had reached ${told} (so says the file '${FILE}')`
    : undefined;
}
