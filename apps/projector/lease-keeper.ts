import { setTimeout as sleep } from 'node:timers/promises';
import { LeaseWatch } from '#read-model';
import type { Lease } from '#read-model';

/** What only the holder of the lease does. Begun again each time that it gets the lease. */
export interface Work {
  begin(): void;
  /** Resolves when the batches under way are handled. */
  end(): Promise<void>;
}

export interface LeaseTimes {
  /** How often the holder shows that it lives. */
  readonly beatMs: number;
  /** How long a beat may stand still, before the holder gives up and who stands by takes over. */
  readonly patienceMs: number;
  /** How often who stands by looks. */
  readonly lookMs: number;
}

/** A holder that was killed is relieved after 6 to 7 s, one that stops in order after half a second at most. */
const usualTimes: LeaseTimes = { beatMs: 2_000, patienceMs: 6_000, lookMs: 500 };

export interface LeaseKeeperOptions {
  readonly lease: Lease;
  readonly work: Work;
  readonly report: (message: string) => void;
  /** Nobody else can be alive who has the lease: it is taken without waiting. */
  readonly isAlone?: boolean;
  readonly times?: LeaseTimes;
}

/** Has the work done while it holds the lease, and stands by while somebody else does. */
export class LeaseKeeper {
  isHolding = false;
  /** Why the lease could not be looked at or renewed the last time. */
  trouble: Error | undefined;
  readonly #times: LeaseTimes;
  readonly #watch: LeaseWatch;
  readonly #stopping = new AbortController();
  readonly #ended: Promise<void>;
  /** Nobody has taken it over as long as this is less than the patience ago. By the clock of this process. */
  #renewedAt = 0;

  constructor(private readonly options: LeaseKeeperOptions) {
    this.#times = options.times ?? usualTimes;
    this.#watch = new LeaseWatch(options.lease);
    this.#ended = this.#run();
  }

  /** Ends the work and gives the lease back. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#ended;
  }

  async #run(): Promise<void> {
    const { lease, work, report } = this.options;
    let isAlone = this.options.isAlone ?? false;
    while (!this.#isStopping) {
      if (!(await this.#obtained(isAlone))) {
        await this.#pause(this.#times.lookMs);
        continue;
      }
      isAlone = false;
      this.isHolding = true;
      work.begin();
      const lost = await this.#untilLost();
      this.isHolding = false;
      if (lost) report(`stands by: ${lost}`);
      await work.end();
      // Where it cannot be given back, who stands by takes it a little later.
      if (!lost) await lease.release().catch(() => undefined);
    }
  }

  async #obtained(isAlone: boolean): Promise<boolean> {
    const { lease } = this.options;
    try {
      this.#renewedAt = performance.now();
      if (isAlone) await lease.seize();
      else {
        const { lease: seen, stillMs } = await this.#watch.look();
        const isFree = !seen || seen.holder === null || seen.holder === lease.holder;
        if (!isFree && stillMs < this.#times.patienceMs) return this.#well(false);
        this.#renewedAt = performance.now();
        if (!(await lease.take(seen))) return this.#well(false);
      }
      return this.#well(true);
    } catch (error) {
      this.trouble = asError(error);
      return false;
    }
  }

  /** Resolves with the reason; undefined: it is to stop. */
  async #untilLost(): Promise<string | undefined> {
    const { beatMs, patienceMs } = this.#times;
    for (;;) {
      await this.#pause(beatMs);
      if (this.#isStopping) return undefined;
      const sentAt = performance.now();
      const isMine = await this.#renewed(this.#renewedAt + patienceMs - sentAt);
      if (isMine === false) return 'another projector has taken over';
      if (isMine) this.#renewedAt = sentAt;
      else if (performance.now() - this.#renewedAt >= patienceMs)
        return `the lease could not be renewed for ${patienceMs} ms${this.trouble ? `: ${this.trouble.message}` : ''}`;
    }
  }

  /** Undefined where nobody knows: MongoDB does not answer. */
  async #renewed(timeoutMs: number): Promise<boolean | undefined> {
    const over = new AbortController();
    const late = sleep(Math.max(0, timeoutMs), undefined, { signal: over.signal }).catch(() => undefined);
    const renewal = this.options.lease.renew().then(
      (isMine) => this.#well(isMine),
      (error: unknown) => void (this.trouble = asError(error)),
    );
    return Promise.race([renewal, late]).finally(() => over.abort());
  }

  #well<T>(answer: T): T {
    this.trouble = undefined;
    return answer;
  }

  get #isStopping(): boolean {
    return this.#stopping.signal.aborted;
  }

  async #pause(milliseconds: number): Promise<void> {
    await sleep(milliseconds, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
  }
}

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));
