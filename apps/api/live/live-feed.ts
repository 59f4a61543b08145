import type { ServerResponse } from 'node:http';
import type { EventLog } from '#event-store';
import { Problem } from '#platform';
import { Audience } from './audience.js';
import { LiveStream } from './live-stream.js';
import type { Listener, StreamLimits } from './live-stream.js';
import { LiveTail } from './live-tail.js';
import type { Ending } from './messages.js';
import { missed } from './missed.js';

export interface LiveLimits extends StreamLimits {
  /** Streams at a time. */
  readonly mostStreams: number;
  /** Of them those of one actor: others are to find room too. */
  readonly mostOfOne: number;
  /** Between two signs of life. Milliseconds. */
  readonly heartbeatMs: number;
  /** So long nobody must have listened before the log is no longer followed. Milliseconds. */
  readonly idleMs: number;
}

export const liveLimits: LiveLimits = {
  mostStreams: 1_000,
  mostOfOne: 250,
  mostUnread: 1_048_576,
  patienceMs: 15_000,
  heartbeatMs: 15_000,
  idleMs: 10_000,
};

/** What happens, told to all who listen as it happens. The log is followed once for all of them, and only while somebody listens. */
export class LiveFeed {
  readonly #streams = new Set<LiveStream>();
  /** How many of them each actor has. */
  readonly #ofActor = new Map<string, number>();
  readonly #audience = new Audience();
  #tail: Promise<LiveTail> | undefined;
  #idle: NodeJS.Timeout | undefined;
  #heartbeat: NodeJS.Timeout | undefined;
  #isStopping = false;

  constructor(
    private readonly log: EventLog,
    private readonly limits: LiveLimits = liveLimits,
  ) {}

  /** Streams that are open. */
  get connections(): number {
    return this.#streams.size;
  }

  /**
   * Where a stream begins that is to go on behind `after`, from now where that is undefined; undefined where the log does not go so
   * far. To be asked before `serve`. Throws what EventLog.head throws.
   */
  async beginsAt(after: bigint | undefined): Promise<bigint | undefined> {
    const { position } = await this.#listen();
    if (after === undefined || after <= position) return after ?? position;
    return after <= ((await this.log.head()) ?? 0n) ? after : undefined;
  }

  /**
   * Sends what comes behind `position`, until the client leaves. `last`: what there is to say where nothing more can come. Throws
   * Problem too-many-streams.
   */
  serve(response: ServerResponse, position: bigint, listener: Listener, last?: Ending): void {
    const { mostStreams, mostOfOne } = this.limits;
    const ofOne = this.#ofActor.get(listener.actorId) ?? 0;
    if (this.#streams.size >= mostStreams || ofOne >= mostOfOne)
      throw new Problem('too-many-streams', { retryAfter: 10 });
    const stream = new LiveStream(response, position, listener, this.limits);
    this.#streams.add(stream);
    this.#ofActor.set(listener.actorId, ofOne + 1);
    stream.gone.addEventListener('abort', () => this.#forget(stream), { once: true });
    clearTimeout(this.#idle);
    this.#heartbeat ??= setInterval(() => this.#beat(), this.limits.heartbeatMs).unref();
    if (this.#isStopping) return stream.end({ because: 'stopping' });
    this.#join(stream).then(
      () => last && stream.end(last),
      () => stream.drop(), // the store was away: the client comes again
    );
  }

  /** Tells all, and lets go of the log. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    for (const stream of this.#streams) stream.end({ because: 'stopping' });
    await this.#rest();
  }

  /** What was missed is sent at the client's pace; what comes during the rest of it waits. */
  async #join(stream: LiveStream): Promise<void> {
    const { position } = await this.#listen();
    await this.#catchUp(stream, position);
    stream.hold();
    this.#audience.add(stream);
    await this.#catchUp(stream, (await this.#listen()).position);
    stream.release();
  }

  async #catchUp(stream: LiveStream, upTo: bigint): Promise<void> {
    const { incidentId, position: after, gone: signal } = stream;
    if (after >= upTo) return;
    for await (const message of missed(this.log, { incidentId, after, signal })) await stream.send(message);
    stream.wasSent(upTo);
  }

  async #listen(): Promise<LiveTail> {
    clearTimeout(this.#idle);
    const tail = (this.#tail ??= this.#begin());
    tail.catch(() => this.#tail === tail && (this.#tail = undefined));
    await tail;
    if (this.#streams.size === 0) this.#becomeIdle();
    return tail;
  }

  async #begin(): Promise<LiveTail> {
    const head = (await this.log.head()) ?? 0n;
    return new LiveTail(this.log, head, (message) => this.#audience.offer(message));
  }

  #forget(stream: LiveStream): void {
    this.#streams.delete(stream);
    const ofOne = this.#ofActor.get(stream.actorId)! - 1;
    if (ofOne === 0) this.#ofActor.delete(stream.actorId);
    else this.#ofActor.set(stream.actorId, ofOne);
    if (this.#streams.size > 0) return;
    clearInterval(this.#heartbeat);
    this.#heartbeat = undefined;
    this.#becomeIdle();
  }

  #becomeIdle(): void {
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => void this.#rest(), this.limits.idleMs).unref();
  }

  async #rest(): Promise<void> {
    clearTimeout(this.#idle);
    clearInterval(this.#heartbeat);
    const tail = this.#tail;
    this.#tail = undefined;
    await tail?.then((each) => each.stop()).catch(() => {});
  }

  #beat(): void {
    for (const stream of this.#streams) stream.beat();
  }
}
