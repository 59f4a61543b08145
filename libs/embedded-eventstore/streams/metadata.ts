import type { EventLog } from '../storage/log.js';
import type { StoredEvent } from '../storage/record.js';
import { DELETED, METADATA_STREAM } from '../protocol/revision.js';

/** What a stream's metadata (the last event of `$$<stream>`) says about the events that a reader may see. */
export interface Retention {
  /** `$tb`: revisions below it are gone; `DELETED` where the stream was deleted. */
  readonly truncateBefore: number;
  /** `$maxCount`: only so many of the last events are seen. */
  readonly maxCount: number | undefined;
  /** `$maxAge`, in seconds. */
  readonly maxAge: number | undefined;
}

/** Of metadata itself only the last event is seen. */
const KEEP_LAST: Retention = { truncateBefore: 0, maxCount: 1, maxAge: undefined };
const KEEP_ALL: Retention = { truncateBefore: 0, maxCount: undefined, maxAge: undefined };

export function parseMetadata(data: Buffer): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(data.toString());
    return typeof parsed === 'object' && parsed !== null ? (parsed as Record<string, unknown>) : {};
  } catch {
    return {}; // as the real server has it: metadata that is not JSON says nothing
  }
}

export function retentionOf(metadata: Record<string, unknown>): Retention {
  const number = (key: string) => (typeof metadata[key] === 'number' ? metadata[key] : undefined);
  return { truncateBefore: number('$tb') ?? 0, maxCount: number('$maxCount'), maxAge: number('$maxAge') };
}

/** The last event of the stream's metadata that is on disk. */
export function lastMetadata(log: EventLog, stream: string): StoredEvent | undefined {
  const id = log.streamId(METADATA_STREAM + stream);
  return id === undefined ? undefined : log.last(id, METADATA_STREAM + stream);
}

export function retention(log: EventLog, stream: string): Retention {
  if (stream.startsWith(METADATA_STREAM)) return KEEP_LAST;
  const metadata = lastMetadata(log, stream);
  return metadata ? retentionOf(parseMetadata(metadata.data)) : KEEP_ALL;
}

export const isDeleted = ({ truncateBefore }: Retention): boolean => truncateBefore === DELETED;

/** The lowest revision that a reader sees of a stream whose last revision is `last`. */
export const firstVisible = ({ truncateBefore, maxCount }: Retention, last: number): number =>
  Math.max(truncateBefore, maxCount === undefined ? 0 : last + 1 - maxCount);
