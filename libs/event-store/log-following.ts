import { setTimeout as sleep } from 'node:timers/promises';
import { Bell } from './bell.js';
import { MalformedEvent, PositionNotReached, SubscriptionSilent } from './errors.js';
import type { RecordedEvent } from './event.js';
import type { EventLog } from './event-log.js';
import { untilNext } from './in-step.js';
import { ageOf, ageOfNext } from './lag.js';
import type { Lag } from './lag.js';
import type { Following, FollowingState, FollowOptions, Handled } from './subscription.js';

const EMPTY = -1n;
const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 2_000;
const LONGEST_REST_MS = 60;
/** Of the silence after which a subscription is renewed: every so often it is compared with the store. */
const CHECKS = 0.1;

/** A reader that renews the subscription whenever it is lost, and a handler that takes what has arrived: each goes on while the other waits. */
export class LogFollowing implements Following {
  position: bigint | undefined;
  state: FollowingState = 'catching-up';
  failure: Error | undefined;
  readonly handled: Handled = { batches: 0, events: 0, seconds: 0 };
  readonly done: Promise<Error | undefined>;

  private readonly maxBatch: number;
  private readonly silenceMs: number;
  /** Of the last event that arrived. */
  private received: bigint | undefined;
  private arrived: RecordedEvent[] = [];
  private beingHandled: readonly RecordedEvent[] = [];
  /** Of the last event in the store, as told since the current subscription began; `EMPTY` where there was none. */
  private head: bigint | undefined;

  private readonly arrival = new Bell();
  private readonly room = new Bell();
  private readonly full = new Bell();
  private readonly ended = new AbortController();
  private readonly waiters = new Set<Waiter>();

  constructor(
    private readonly log: EventLog,
    private readonly options: FollowOptions,
  ) {
    this.position = this.received = options.after;
    this.maxBatch = options.maxBatch ?? 500;
    this.silenceMs = options.silenceMs ?? 5_000;
    this.done = Promise.all([this.receive(), this.handle()]).then(() => this.failure);
  }

  async stop(): Promise<void> {
    if (!this.ended.signal.aborted) this.end('stopped');
    await this.done;
  }

  reached(position: bigint, timeoutMs: number): Promise<void> {
    if ((this.position ?? 0n) >= position) return Promise.resolve();
    if (this.ended.signal.aborted) return Promise.reject(this.notReached(position, `and has ${this.state}`));
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.waiters.delete(waiter);
        reject(this.notReached(position, `after ${timeoutMs} ms`));
      }, timeoutMs);
      const waiter: Waiter = { position, timer, resolve, reject };
      this.waiters.add(waiter);
    });
  }

  async lag(): Promise<Lag> {
    const head = (await this.log.head()) ?? 0n;
    const position = this.position ?? 0n;
    if (position >= head) return { events: 0, seconds: 0, position, head };
    const allArrived = this.received !== undefined && this.received >= head;
    const events = this.beingHandled.length + this.arrived.length;
    const next = this.beingHandled[0] ?? this.arrived[0];
    const seconds = next ? ageOf(next) : await ageOfNext(this.log, this.position);
    return { ...(allArrived && { events }), ...(seconds !== undefined && { seconds }), position, head };
  }

  private async receive(): Promise<void> {
    for (let drops = 0; !this.ended.signal.aborted; drops++) {
      const before = this.received;
      const cause = await this.receiveUntilDrop();
      if (this.ended.signal.aborted) return;
      if (cause instanceof MalformedEvent) return this.fail(cause);
      if (this.received !== before) drops = 0;
      this.state = 'reconnecting';
      this.options.onDrop?.(cause);
      await sleep(pause(drops), undefined, { signal: this.ended.signal }).catch(() => {});
    }
  }

  /** One subscription, from where the last one broke off. Returns what ended it; undefined where it ended without an error. */
  private async receiveUntilDrop(): Promise<Error | undefined> {
    this.head = undefined;
    const renewal = new AbortController();
    const signal = AbortSignal.any([this.ended.signal, renewal.signal]);
    void this.watch(renewal, signal);
    try {
      for await (const event of this.log.subscribe({ after: this.received, signal })) {
        if (this.received !== undefined && event.position <= this.received) continue;
        this.received = event.position;
        this.arrived.push(event);
        this.arrival.ring();
        if (this.arrived.length >= this.maxBatch) this.full.ring();
        while (this.arrived.length >= this.maxBatch && !this.ended.signal.aborted) await this.room.rung();
        if (signal.aborted) break;
      }
      return renewal.signal.reason as Error | undefined;
    } catch (error) {
      return asError(error);
    } finally {
      renewal.abort();
    }
  }

  /** Subscriptions were seen dead in silence: compares what arrived with what the store has, and has the subscription renewed. */
  private async watch(renewal: AbortController, signal: AbortSignal): Promise<void> {
    const checkMs = this.silenceMs * CHECKS;
    let seen: bigint | undefined;
    let silentSince: number | undefined;
    for (let first = true; !signal.aborted; first = false) {
      const idle = this.received === seen && !this.room.awaited;
      seen = this.received;
      if (!idle) silentSince = undefined;
      if (first || idle || this.state !== 'live') {
        // Where the store does not answer, the subscription drops by itself.
        this.head = await this.log.head().then(
          (head) => head ?? EMPTY,
          () => this.head,
        );
        if (signal.aborted) return;
        this.becomeLive();
        const behind = this.head !== undefined && (this.received ?? EMPTY) < this.head;
        if (!behind || this.received !== seen || this.room.awaited) silentSince = undefined;
        else if (silentSince === undefined) silentSince = performance.now();
        else {
          // What was on its way at the check before has had its time.
          this.state = 'silent';
          if (performance.now() - silentSince >= this.silenceMs)
            return renewal.abort(new SubscriptionSilent(this.options.name, this.silenceMs));
        }
      }
      await sleep(untilNext(checkMs), undefined, { signal }).catch(() => {});
    }
  }

  private async handle(): Promise<void> {
    while (!this.ended.signal.aborted) {
      if (this.arrived.length === 0) {
        await this.arrival.rung();
        continue;
      }
      const batch = this.arrived;
      this.arrived = [];
      this.beingHandled = batch;
      this.room.ring();
      const { position } = batch.at(-1)!;
      const began = performance.now();
      try {
        await this.options.handle(batch, position);
      } catch (error) {
        return this.fail(asError(error));
      }
      this.beingHandled = [];
      this.position = position;
      this.handled.batches += 1;
      this.handled.events += batch.length;
      this.handled.seconds += (performance.now() - began) / 1_000;
      this.becomeLive();
      for (const waiter of this.waiters) if (waiter.position <= position) this.dismiss(waiter).resolve();
      await this.rest(batch.length);
    }
  }

  /** Where events queue up there is no rest. */
  private async rest(handled: number): Promise<void> {
    const { restMsPerEvent = 0, longestRestMs = LONGEST_REST_MS } = this.options;
    if (restMsPerEvent === 0 || this.arrived.length >= this.maxBatch) return;
    const pauseMs = Math.min(longestRestMs, handled * restMsPerEvent);
    const rested = sleep(pauseMs, undefined, { signal: this.ended.signal }).catch(() => {});
    await Promise.race([rested, this.full.rung()]);
  }

  private becomeLive(): void {
    if (this.head === undefined || this.ended.signal.aborted) return;
    if (this.state !== 'live') this.state = (this.position ?? EMPTY) >= this.head ? 'live' : 'catching-up';
  }

  private fail(failure: Error): void {
    this.failure = failure;
    this.end('failed');
    this.options.onFailure?.(failure);
  }

  private end(state: 'stopped' | 'failed'): void {
    this.state = state;
    this.ended.abort();
    this.arrival.ring();
    this.room.ring();
    for (const waiter of this.waiters)
      this.dismiss(waiter).reject(this.notReached(waiter.position, `and has ${state}`));
  }

  private dismiss(waiter: Waiter): Waiter {
    clearTimeout(waiter.timer);
    this.waiters.delete(waiter);
    return waiter;
  }

  private notReached(wanted: bigint, waited: string): PositionNotReached {
    return new PositionNotReached(this.options.name, wanted, this.position, waited);
  }
}

interface Waiter {
  readonly position: bigint;
  readonly timer: NodeJS.Timeout;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** Exponential, with a random part, so that many followers do not return at the same moment. Milliseconds. */
function pause(drops: number): number {
  return Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(drops, 10)) * (0.5 + Math.random() / 2);
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
