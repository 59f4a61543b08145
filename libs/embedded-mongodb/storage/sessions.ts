/** Retryable writes: the answer to a session's last write, kept in the transaction of the write itself. */
import { createHash } from 'node:crypto';
import { CommandError } from '../errors.js';
import { SESSIONS, type Store, tableKey } from './store.js';

/** Milliseconds after which a session that wrote nothing is forgotten; `hello` says 30 minutes. */
const LIFETIME = 35 * 60_000;

export interface Repeatable {
  readonly session: Buffer;
  readonly number: bigint;
}

const keyOf = ({ session }: Repeatable): Buffer => tableKey(SESSIONS, createHash('sha256').update(session).digest());

/** The answer that this very write was given, if it was done already. */
export function answered(store: Store, write: Repeatable): Buffer | undefined {
  const record = store.get(keyOf(write));
  if (!record) return undefined;
  const last = record.readBigInt64LE(0);
  if (last === write.number) return record.subarray(16);
  if (last < write.number) return undefined;
  throw new CommandError(
    'TransactionTooOld',
    `Retryable write with txnNumber ${write.number} is prohibited because a newer one with txnNumber ${last} has already started on this session.`,
  );
}

/** Within the transaction of the write. */
export function remember(store: Store, write: Repeatable, reply: Buffer): void {
  const record = Buffer.allocUnsafe(16 + reply.length);
  record.writeBigInt64LE(write.number, 0);
  record.writeBigInt64LE(BigInt(Date.now()), 8);
  reply.copy(record, 16);
  store.put(keyOf(write), record);
}

/** Forgets old sessions. */
export async function forget(store: Store): Promise<void> {
  const before = BigInt(Date.now() - LIFETIME);
  const isOld = (record: Buffer): boolean => record.readBigInt64LE(8) < before;
  const old = store
    .read(tableKey(SESSIONS), tableKey(SESSIONS + 1), false, Infinity)
    .filter(({ value }) => isOld(value));
  if (old.length === 0) return;
  await store.write(() => {
    for (const { key } of old) {
      const record = store.get(key);
      if (record && isOld(record)) store.remove(key);
    }
  });
}
