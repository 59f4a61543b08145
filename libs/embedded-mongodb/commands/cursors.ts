/** Answers that come in batches: find, aggregate and lists, then getMore until the end. */
import { Double } from 'bson';
import { randomBytes } from 'node:crypto';
import { CommandError } from '../errors.js';
import { pull, type Work } from '../plan/slices.js';
import { Type } from '../bson/raw.js';
import { Writer } from '../bson/write.js';

/** Documents of the first batch and bytes of any batch, as in MongoDB. */
const FIRST_BATCH = 101;
const LARGEST_BATCH = 16 * 1024 * 1024;
/** Milliseconds after which a cursor that nobody reads is closed. */
const IDLE = 10 * 60_000;

interface Cursor {
  readonly namespace: string;
  readonly work: Work<Buffer>;
  /** The document that did not fit into the last batch. */
  held: Buffer | undefined;
  usedAt: number;
  busy: boolean;
}

export class Cursors {
  private readonly open = new Map<bigint, Cursor>();

  get size(): number {
    return this.open.size;
  }

  /** The first batch; the cursor stays open when there is more and `single` is not asked for. */
  async first(namespace: string, work: Work<Buffer>, batchSize = FIRST_BATCH, single = false): Promise<Buffer> {
    const cursor: Cursor = { namespace, work, held: undefined, usedAt: Date.now(), busy: false };
    const { documents, more } = await this.batch(cursor, batchSize);
    let id = 0n;
    if (more && !single) {
      id = BigInt.asUintN(62, randomBytes(8).readBigUInt64LE()) | 1n;
      this.open.set(id, cursor);
    } else work.items.return(undefined);
    return cursorReply('firstBatch', documents, id, namespace);
  }

  async next(id: bigint, namespace: string, batchSize = Infinity): Promise<Buffer> {
    const cursor = this.open.get(id);
    if (!cursor) throw new CommandError('CursorNotFound', `cursor id ${id} not found`);
    if (cursor.namespace !== namespace)
      throw new CommandError(
        'Unauthorized',
        `Requested getMore on namespace '${namespace}', but cursor belongs to a different namespace ${cursor.namespace}`,
      );
    if (cursor.busy) throw new CommandError('CursorInUse', `cursor id ${id} is already in use`);
    cursor.busy = true;
    try {
      const { documents, more } = await this.batch(cursor, batchSize === 0 ? Infinity : batchSize);
      if (!more) this.open.delete(id);
      return cursorReply('nextBatch', documents, more ? id : 0n, namespace);
    } catch (error) {
      this.open.delete(id);
      throw error;
    } finally {
      cursor.busy = false;
      cursor.usedAt = Date.now();
    }
  }

  private async batch(cursor: Cursor, most: number): Promise<{ documents: Buffer[]; more: boolean }> {
    const documents: Buffer[] = [];
    if (most === 0) return { documents, more: true };
    let bytes = 0;
    if (cursor.held) {
      documents.push(cursor.held);
      bytes = cursor.held.length;
      cursor.held = undefined;
    }
    if (documents.length >= most) return { documents, more: true };
    const more = await pull(cursor.work, (document) => {
      if (documents.length > 0 && bytes + document.length > LARGEST_BATCH) {
        cursor.held = document;
        return false;
      }
      documents.push(document);
      bytes += document.length + 16;
      return documents.length < most;
    });
    return { documents, more };
  }

  kill(id: bigint): boolean {
    const cursor = this.open.get(id);
    if (cursor && !cursor.busy) cursor.work.items.return(undefined);
    return this.open.delete(id);
  }

  expire(): void {
    const before = Date.now() - IDLE;
    for (const [id, cursor] of this.open) if (!cursor.busy && cursor.usedAt < before) this.kill(id);
  }
}

function cursorReply(batch: string, documents: readonly Buffer[], id: bigint, namespace: string): Buffer {
  const writer = new Writer(documents.reduce((sum, document) => sum + document.length + 16, 256));
  const reply = writer.begin();
  const cursor = writer.begin('cursor');
  const list = writer.begin(batch, Type.array);
  for (const [i, document] of documents.entries()) writer.raw(Type.object, String(i), document);
  writer.end(list);
  writer.long('id', id);
  writer.js('ns', namespace);
  writer.end(cursor);
  writer.js('ok', new Double(1));
  writer.end(reply);
  return writer.take();
}
