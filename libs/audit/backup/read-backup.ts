import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';
import type { RecordedEvent } from '#event-store';
import { readEventLine } from '../event-line.js';
import { Fingerprint } from '../fingerprint.js';
import type { LogSummary } from '../fingerprint.js';
import { BadBackup, backupFormat, readEnd, readHead } from './backup-lines.js';
import type { BackupEnd, BackupHead } from './backup-lines.js';
import { linesOf } from './lines.js';

/** A file that was found to be a whole backup. */
export interface Backup extends LogSummary {
  readonly head: BackupHead;
}

/** Reads all of the file, and compares it with the fingerprint that stands in it. Throws BadBackup. */
export async function checkBackup(file: string, onProgress?: (position: bigint) => void): Promise<Backup> {
  const reading = new BackupReading(file);
  for await (const { position } of reading) onProgress?.(position);
  return { head: reading.head!, ...reading.summary };
}

/** The events of a backup. What is wrong with it may only be found at its end: check it first. Throws BadBackup in the middle. */
export const eventsOfBackup = (file: string): AsyncIterable<RecordedEvent> => new BackupReading(file);

class BackupReading implements AsyncIterable<RecordedEvent> {
  head: BackupHead | undefined;
  private end: BackupEnd | undefined;
  private readonly fingerprint = new Fingerprint();

  constructor(private readonly file: string) {}

  get summary(): LogSummary {
    return this.fingerprint.summary;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<RecordedEvent> {
    let number = 0;
    for await (const line of this.lines()) {
      number++;
      if (number === 1) this.head = this.begin(line);
      else if (this.end) throw new BadBackup(this.file, `something follows its end in line ${number}`);
      else if (!(this.end = readEnd(line))) yield this.event(line, number);
    }
    this.compare();
  }

  private async *lines(): AsyncGenerator<string> {
    const source = createReadStream(this.file);
    const text = source.pipe(createGunzip());
    source.on('error', (error) => text.destroy(error));
    try {
      yield* linesOf(text);
    } catch (cause) {
      throw new BadBackup(this.file, flawOf(cause as NodeJS.ErrnoException), { cause });
    } finally {
      source.destroy();
      text.destroy();
    }
  }

  private begin(line: string): BackupHead {
    const head = readHead(line);
    if (!head) throw new BadBackup(this.file, 'it does not begin as a backup of Docket does');
    if (head.format > backupFormat)
      throw new BadBackup(
        this.file,
        `it has format ${head.format}, and ${backupFormat} is known here: take a later Docket`,
      );
    return head;
  }

  private event(line: string, number: number): RecordedEvent {
    try {
      const event = readEventLine(line);
      this.fingerprint.add(event);
      return event;
    } catch (cause) {
      throw new BadBackup(this.file, `line ${number} is damaged. ${(cause as Error).message}`, { cause });
    }
  }

  private compare(): void {
    if (!this.end) throw new BadBackup(this.file, 'its end is missing: it was cut off');
    const { events, fingerprint } = this.summary;
    if (this.end.events !== events)
      throw new BadBackup(this.file, `it holds ${events} events, and ${this.end.events} were written`);
    if (this.end.fingerprint !== fingerprint)
      throw new BadBackup(
        this.file,
        `its events are not those that were written (${fingerprint}, not ${this.end.fingerprint})`,
      );
  }
}

function flawOf({ code, message }: NodeJS.ErrnoException): string {
  if (code === 'ENOENT') return 'there is no such file';
  if (code === 'Z_BUF_ERROR') return 'it was cut off in the middle';
  if (code?.startsWith('Z_')) return `it is not gzip, or is damaged (${message})`;
  return message;
}
