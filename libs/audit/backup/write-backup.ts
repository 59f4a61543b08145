import { createWriteStream } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type { RecordedEvent } from '#event-store';
import { writeEventLine } from '../event-line.js';
import { Fingerprint } from '../fingerprint.js';
import type { LogSummary } from '../fingerprint.js';
import { backupFormat, endLine, headLine } from './backup-lines.js';
import type { BackupHead } from './backup-lines.js';

export interface BackupOptions {
  readonly file: string;
  readonly head: Omit<BackupHead, 'format'>;
  /** A whole log from its first event on, as stored. */
  readonly events: AsyncIterable<RecordedEvent>;
  readonly onProgress?: (position: bigint) => void;
}

/** Characters that are compressed at once: line by line would take twice as long. */
const chunk = 65_536;

/**
 * Writes a backup beside the file and gives it its name only when it is whole and on the disk. Readable by its owner alone. The events
 * pass through; nothing is kept but 8 bytes for each. Throws what reading the events throws, and errors of the file system.
 */
export async function writeBackup({ file, head, events, onProgress }: BackupOptions): Promise<LogSummary> {
  const aside = `${file}.${process.pid}.part`;
  const fingerprint = new Fingerprint();

  async function* text(): AsyncGenerator<string> {
    let lines = `${headLine({ format: backupFormat, ...head })}\n`;
    for await (const event of events) {
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

  try {
    const target = createWriteStream(aside, { flags: 'w', mode: 0o600, flush: true });
    await pipeline(Readable.from(text()), createGzip(), target);
    await rename(aside, file);
  } catch (error) {
    await rm(aside, { force: true });
    throw error;
  }
  await flushFolder(dirname(file));
  return fingerprint.summary;
}

/** The name of a file is on the disk when its folder is. Not every system can flush a folder; there the name is a moment later. */
async function flushFolder(folder: string): Promise<void> {
  const handle = await open(folder).catch(() => undefined);
  await handle?.sync().catch(() => undefined);
  await handle?.close();
}
