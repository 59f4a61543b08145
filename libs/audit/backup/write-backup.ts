import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { MalformedEvent } from '#event-store';
import type { RecordedEvent } from '#event-store';
import { writeEventLine } from '../event-line.js';
import { Fingerprint } from '../fingerprint.js';
import type { LogSummary } from '../fingerprint.js';
import { backupFormat, endLine, headLine } from './backup-lines.js';
import type { BackupHead } from './backup-lines.js';
import { flushFolder } from './flush-folder.js';

export interface BackupOptions {
  readonly file: string;
  /** Take the place of a file that is there. Without it that is refused with EEXIST, also where the file came meanwhile. */
  readonly replace?: boolean;
  readonly head: Omit<BackupHead, 'format'>;
  /** A whole log from its first event on, as stored. */
  readonly events: AsyncIterable<RecordedEvent>;
  readonly onProgress?: (position: bigint) => void;
}

/** Characters that are compressed at once: line by line would take twice as long. */
const chunk = 65_536;

/**
 * Writes a backup beside the file and gives it its name only when it is whole and on the disk. Readable by its owner alone. The events
 * pass through; nothing is kept but 8 bytes for each. Throws what reading the events throws, MalformedEvent for one that no restore could
 * write, and errors of the file system.
 */
export async function writeBackup({ file, replace, head, events, onProgress }: BackupOptions): Promise<LogSummary> {
  const aside = `${file}.${randomUUID()}.part`;
  const remove = () => rmSync(aside, { force: true });
  const fingerprint = new Fingerprint();

  async function* text(): AsyncGenerator<string> {
    let lines = `${headLine({ format: backupFormat, ...head })}\n`;
    for await (const event of events) {
      assertRestorable(event);
      fingerprint.add(event);
      lines += `${writeEventLine(event)}\n`;
      if (lines.length < chunk) continue;
      yield lines;
      lines = '';
      onProgress?.(event.position);
    }
    const { events: count, position, fingerprint: digest } = fingerprint.summary;
    yield `${lines}${endLine({ events: count, position: position?.toString() ?? null, fingerprint: digest })}\n`;
  }

  process.once('exit', remove); // in whatever way it ends, but for a kill
  try {
    const target = await open(aside, 'wx', 0o600);
    await pipeline(Readable.from(text()), createGzip(), target.createWriteStream({ flush: true }));
    if (!replace) await claim(file);
    await rename(aside, file);
  } finally {
    remove();
    process.removeListener('exit', remove);
  }
  await flushFolder(dirname(file));
  return fingerprint.summary;
}

/** A stranger may have written data that are an array; they can be read, but no client of the store writes them again. */
function assertRestorable({ stream, revision, type, data }: RecordedEvent): void {
  if (Array.isArray(data)) throw new MalformedEvent(stream, revision, type, 'holds data that is not a JSON object');
}

/** Of two who want the same name one gets it, as an empty file; the other gets EEXIST. */
async function claim(file: string): Promise<void> {
  const handle = await open(file, 'wx', 0o600);
  await handle.close();
}
