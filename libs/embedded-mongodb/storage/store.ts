/**
 * One LMDB environment with one ordered keyspace. Every key begins with the number of its table:
 * documents and indexes are tables of their own, the first few are the server's.
 */
import { realpathSync } from 'node:fs';
import { open, type RootDatabase } from 'lmdb';
import { FolderLock } from '#folder-lock';

export const CATALOG = 1;
export const COUNTS = 2;
export const SESSIONS = 3;
export const DROPPED = 4;
export const FIRST_TABLE = 16;

export interface Entry {
  readonly key: Buffer;
  readonly value: Buffer;
}

const nothing = Buffer.alloc(0);

export function tableKey(table: number, rest: Uint8Array = nothing, more: Uint8Array = nothing): Buffer {
  const key = Buffer.allocUnsafe(4 + rest.length + more.length);
  key.writeUInt32BE(table);
  key.set(rest, 4);
  key.set(more, 4 + rest.length);
  return key;
}

export class Store {
  private readonly lock: FolderLock;
  private readonly env: RootDatabase<Buffer, Buffer>;
  private broken: Error | undefined;

  /** @throws Error when another process has the folder open. */
  constructor(
    folder: string,
    private readonly onFailure: (reason: Error) => void,
  ) {
    this.lock = FolderLock.take(folder, 'The MongoDB');
    try {
      this.env = open<Buffer, Buffer>({
        path: realpathSync(folder),
        keyEncoding: 'binary',
        encoding: 'binary',
        noSubdir: false,
        overlappingSync: false,
        noMemInit: true,
      });
    } catch (error) {
      this.lock.release();
      throw error;
    }
  }

  get(key: Buffer): Buffer | undefined {
    return this.env.get(key);
  }

  /** What `get` gives, without a copy: overwritten by the next `get` or `peek`. */
  peek(key: Buffer): Buffer | undefined {
    const value = this.env.getBinaryFast(key);
    return value?.subarray(0, value.length);
  }

  /** At most `limit` entries of [low, high), from its end when reversed; `after` is the last key seen. */
  read(low: Buffer, high: Buffer, reverse: boolean, limit: number, after?: Buffer): Entry[] {
    if (reverse) {
      const start = after ?? high;
      return [...this.env.getRange({ start, end: low, reverse, limit, exclusiveStart: true, inclusiveEnd: true })];
    }
    return [...this.env.getRange({ start: after ?? low, end: high, limit, exclusiveStart: after !== undefined })];
  }

  /** How many keys lie in [low, high). */
  count(low: Buffer, high: Buffer): number {
    return this.env.getKeysCount({ start: low, end: high });
  }

  /** The same, but no further than `most`. */
  countUpTo(most: number, low: Buffer, high: Buffer): number {
    // LMDB passes over keys ten times as fast as it hands them out, but beyond `high` too: so in steps.
    for (let step = 32; step < most; step *= 8) if (!this.holdsMoreThan(step, low, high)) return this.count(low, high);
    return this.holdsMoreThan(most, low, high) ? most : this.count(low, high);
  }

  private holdsMoreThan(keys: number, low: Buffer, high: Buffer): boolean {
    for (const _ of this.env.getKeys({ start: low, end: high, offset: keys, limit: 1 })) return true;
    return false;
  }

  /** Within `write` only. */
  put(key: Buffer, value: Buffer): void {
    void this.env.put(key, value);
  }

  /** Within `write` only. */
  remove(key: Buffer): void {
    void this.env.remove(key);
  }

  /**
   * Runs `change` in a transaction, together with others that wait, and resolves when it is on disk.
   * A change that throws must not have written anything: what was written is committed with the rest of the group.
   */
  async write<T>(change: () => T): Promise<T> {
    if (this.broken) throw this.broken;
    let result: T;
    let refused: { reason: unknown } | undefined;
    try {
      await this.env.transaction(() => {
        try {
          result = change();
        } catch (reason) {
          refused = { reason };
        }
      });
    } catch (error) {
      this.broken = new Error('a transaction could not be written to disk', { cause: error });
      this.onFailure(this.broken);
      throw this.broken;
    }
    this.env.resetReadTxn();
    if (refused) throw refused.reason;
    return result!;
  }

  async close(): Promise<void> {
    await this.env.close();
    this.lock.release();
  }
}
