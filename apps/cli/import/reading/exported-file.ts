import { randomUUID } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { Refusal } from '../../refusal.js';
import type { Place } from './row-scanner.js';

/** The first piece is small, for reading may begin anew at any line; the others are large. */
const pieceBytes = { first: 1 << 12, others: 1 << 18 };

/**
 * A file that a product exported, of any size: it is gone through to learn where its rows are, and then read row by row. What comes from
 * a pipe is kept in a temporary file for that, which nobody else may read and which is gone with this process, however it ends.
 */
export class ExportedFile {
  private constructor(
    readonly name: string,
    private readonly handle: FileHandle,
    /** Bytes. */
    readonly size: number,
  ) {}

  /** `path`: `-` is standard input. Throws Refusal where it cannot be read. */
  static async open(path: string, input: Readable = process.stdin): Promise<ExportedFile> {
    const name = path === '-' ? 'standard input' : path;
    try {
      const given = path === '-' ? undefined : await open(path, 'r');
      const isFile = (await given?.stat())?.isFile();
      const handle = given && isFile ? given : await spool(given?.createReadStream() ?? input);
      return new ExportedFile(name, handle, (await handle.stat()).size);
    } catch (error) {
      throw new Refusal(`${name} cannot be read: ${(error as Error).message}`, undefined, { cause: error });
    }
  }

  /** Its bytes from `offset` on. What a piece holds is only good until the next one is asked for. */
  async *pieces(offset: number): AsyncGenerator<Uint8Array, void, void> {
    let buffer = Buffer.allocUnsafe(pieceBytes.first);
    for (let at = offset; ;) {
      const { bytesRead } = await this.handle.read(buffer, 0, buffer.length, at);
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
      at += bytesRead;
      if (buffer.length < pieceBytes.others) buffer = Buffer.allocUnsafe(pieceBytes.others);
    }
  }

  /** Throws Refusal where the file is not any more what it was when its rows were found. */
  async row({ offset, length, line }: Pick<Place, 'offset' | 'length' | 'line'>): Promise<Row> {
    const buffer = Buffer.allocUnsafe(length);
    await this.handle.read(buffer, 0, length, offset);
    try {
      return JSON.parse(buffer.toString()) as Row;
    } catch (cause) {
      throw new Refusal(`${this.name} was changed while it was read (line ${line}): run it again`, undefined, {
        cause,
      });
    }
  }

  close(): Promise<void> {
    return this.handle.close();
  }
}

export type Row = Readonly<Record<string, unknown>>;

async function spool(input: Readable): Promise<FileHandle> {
  const path = join(tmpdir(), `docket-${randomUUID()}`);
  const handle = await open(path, 'wx+', 0o600);
  try {
    await rm(path); // open it stays, until it is closed
    for await (const piece of input) await handle.appendFile(piece as Buffer);
    return handle;
  } catch (error) {
    await handle.close();
    throw error;
  }
}
