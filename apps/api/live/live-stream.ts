import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { beginning, ending, heartbeat } from './messages.js';
import type { Ending, LiveMessage } from './messages.js';

export interface StreamLimits {
  /** A client that leaves more than this unread is dropped when more comes. Bytes. */
  readonly mostUnread: number;
  /** So is one that takes nothing for so long while it is sent what it has missed. Milliseconds. */
  readonly patienceMs: number;
}

export interface Listener {
  /** Whose token it came with. */
  readonly actorId: string;
  /** Undefined: it listens to all of them. */
  readonly incidentId?: string | undefined;
  /** When its token ends: milliseconds since 1970. */
  readonly expiresAt: number;
}

const headers = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-store',
  'x-accel-buffering': 'no', // nginx would keep back what is to come at once
  connection: 'close', // else a stop would wait for the next request on it
} as const;

/** The longest that a timer takes. */
const longestMs = 2 ** 31 - 1;

/** How long the last word may take to be read. Milliseconds. */
const lastWordMs = 1_000;

/**
 * What one client is sent. Messages reach it once and in order of positions, whatever it is offered; nothing is kept for it but what its
 * connection has not taken yet, within `mostUnread`. One that was dropped comes again and says where it was.
 */
export class LiveStream {
  /** Everything up to here was sent. */
  position: bigint;
  readonly actorId: string;
  readonly incidentId: string | undefined;
  /** Aborted when the client is gone. */
  readonly gone: AbortSignal;
  readonly #response: ServerResponse;
  readonly #limits: StreamLimits;
  readonly #leaving = new AbortController();
  readonly #expiry: NodeJS.Timeout;
  /** What is offered before the rest of what was missed is sent. */
  #held: LiveMessage[] | undefined;
  #heldBytes = 0;

  constructor(
    response: ServerResponse,
    position: bigint,
    { actorId, incidentId, expiresAt }: Listener,
    limits: StreamLimits,
  ) {
    this.#response = response;
    this.#limits = limits;
    this.position = position;
    this.actorId = actorId;
    this.incidentId = incidentId;
    this.gone = this.#leaving.signal;
    this.#expiry = setTimeout(
      () => this.end({ because: 'token-expired' }),
      Math.min(expiresAt - Date.now(), longestMs),
    ).unref();
    response.on('error', () => {}); // it closes, which is all that matters
    response.once('close', () => this.#leave());
    response.writeHead(200, headers).write(beginning(position));
  }

  /** Sends a message at the client's own pace. */
  async send(message: LiveMessage): Promise<void> {
    this.#write(message);
    if (this.#response.writableNeedDrain && !this.gone.aborted) await this.#room();
  }

  /** Sends a message without waiting. */
  offer(message: LiveMessage): void {
    if (this.#heldBytes + this.#response.writableLength > this.#limits.mostUnread) return this.drop();
    if (!this.#held) return this.#write(message);
    this.#held.push(message);
    this.#heldBytes += message.bytes.length;
  }

  /** Nothing up to this position is left to be sent. */
  wasSent(position: bigint): void {
    if (position > this.position) this.position = position;
  }

  /** Keeps what is offered until `release`. */
  hold(): void {
    this.#held = [];
  }

  release(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    this.#heldBytes = 0;
    for (const message of held) this.#write(message);
  }

  /** A sign of life; whoever has unread messages needs none. */
  beat(): void {
    if (!this.gone.aborted && this.#response.writableLength === 0) this.#response.write(heartbeat);
  }

  /** Tells why, where the client would hear it. */
  end(why: Ending): void {
    if (this.gone.aborted) return;
    this.#response.end(ending(this.position, why));
    const overdue = setTimeout(() => this.#response.destroy(), lastWordMs);
    this.#response.once('close', () => clearTimeout(overdue));
    this.#leave();
  }

  drop(): void {
    this.#response.destroy();
    this.#leave();
  }

  #write(message: LiveMessage): void {
    if (this.gone.aborted || message.position <= this.position) return;
    this.position = message.position;
    this.#response.write(message.bytes);
    if (message.mergedInto !== undefined && this.incidentId !== undefined)
      this.end({ because: 'merged', redirectIncidentId: message.mergedInto });
  }

  async #room(): Promise<void> {
    const overdue = setTimeout(() => this.drop(), this.#limits.patienceMs);
    await once(this.#response, 'drain', { signal: this.gone }).catch(() => {});
    clearTimeout(overdue);
  }

  #leave(): void {
    clearTimeout(this.#expiry);
    this.#held = undefined;
    this.#leaving.abort();
  }
}
