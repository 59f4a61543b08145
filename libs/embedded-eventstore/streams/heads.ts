import type { EventLog } from '../storage/log.js';
import { lastMetadata, parseMetadata } from './metadata.js';
import { METADATA_STREAM, NO_STREAM } from '../protocol/revision.js';

/** The writer's view of the end of a stream. It runs ahead of the disk: what was accepted counts. */
export interface Head {
  id: number;
  readonly name: string;
  /** Whether the stream's name is known to the log. */
  begun: boolean;
  /** Revision of the last event; NO_STREAM before the first, DELETED behind a tombstone. */
  last: number;
  /** Position of the last event; 0 before the first. */
  lastPosition: number;
  metadata: Record<string, unknown>;
}

const MOST = 100_000;

/** Heads of the streams that were written to last; the others are read from the log when they are needed. */
export class Heads {
  private readonly heads = new Map<string, Head>();

  constructor(private readonly log: EventLog) {}

  of(name: string): Head {
    const known = this.heads.get(name);
    if (known) return known;
    if (this.heads.size >= MOST) this.forget();
    const head = this.load(name);
    this.heads.set(name, head);
    return head;
  }

  /** The head of the stream if it is in memory. */
  ifKnown(name: string): Head | undefined {
    return this.heads.get(name);
  }

  clear(): void {
    this.heads.clear();
  }

  private load(name: string): Head {
    const id = this.log.streamId(name);
    const last = id === undefined ? undefined : this.log.last(id, name);
    const metadata = lastMetadata(this.log, name);
    return {
      id: id ?? 0,
      name,
      begun: id !== undefined,
      last: last?.revision ?? NO_STREAM,
      lastPosition: last?.position ?? 0,
      metadata: metadata ? parseMetadata(metadata.data) : {},
    };
  }

  /** Forgets a tenth, but none whose last event, or metadata, is still on its way to the disk. */
  private forget(): void {
    const onDisk = (head: Head | undefined) => !head || head.lastPosition <= this.log.lastPosition;
    let left = MOST / 10;
    for (const [name, head] of this.heads) {
      if (!onDisk(head) || !onDisk(this.heads.get(METADATA_STREAM + name))) continue;
      this.heads.delete(name);
      if (--left === 0) return;
    }
  }
}
