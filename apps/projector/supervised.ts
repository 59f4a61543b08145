import type { FollowingState } from '#event-store';
import { followerHealth } from '#platform';
import type { PartHealth } from '#platform';
import { passes } from './passing.js';
import type { Process, Running } from './process.js';

const firstPauseMs = 100;
const longestPauseMs = 5_000;

export const follows = (state: FollowingState | 'starting'): boolean => state === 'catching-up' || state === 'live';

/**
 * Keeps a process running: where a store was away it begins again, where an event cannot be handled it stays down, for whoever asks for
 * health to see.
 */
export class Supervised {
  #running: Running | undefined;
  #failure: Error | undefined;
  readonly #stopping = new AbortController();
  readonly #stopped = new Promise<undefined>((resolve) =>
    this.#stopping.signal.addEventListener('abort', () => resolve(undefined)),
  );
  readonly #ended: Promise<void>;

  constructor(
    private readonly process: Process,
    private readonly report: (message: string) => void,
  ) {
    this.#ended = this.#run();
  }

  get name(): string {
    return this.process.name;
  }

  get state(): FollowingState | 'starting' {
    return this.#running?.state ?? (this.#failure && !passes(this.#failure) ? 'failed' : 'starting');
  }

  /** What runs at the moment; undefined while it begins. */
  get running(): Running | undefined {
    return this.#running;
  }

  /** Why it failed, or why it had to begin again last. */
  get failure(): Error | undefined {
    return this.#running?.failure ?? this.#failure;
  }

  /** `parked`: how many incidents and alerts it passes over. Asks the store how far it is behind. */
  async health(parked: number): Promise<PartHealth> {
    const { state, failure } = this;
    const lag = await this.#running?.lag().catch(asError);
    const position = this.#running?.position;
    const follower = {
      state,
      ...(position !== undefined && { position: String(position) }),
      ...(lag && !(lag instanceof Error) && { lagEvents: lag.events, lagSeconds: lag.seconds }),
      ...(parked > 0 && { parked }),
    };
    if (state === 'silent')
      return followerHealth(follower, { status: 'degraded', why: 'its subscription brings nothing' });
    if (!follows(state)) return followerHealth(follower, { status: 'failing', why: failure?.name ?? `it is ${state}` });
    if (lag instanceof Error) return followerHealth(follower, { status: 'failing', why: lag.name });
    return followerHealth(follower);
  }

  /** Resolves when the batch under way is handled. Does not wait for a start that is under way. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    if (this.#running) await (this.process.stop?.() ?? this.#running.stop());
    await this.#ended;
  }

  async #run(): Promise<void> {
    for (let attempt = 0; !this.#stopping.signal.aborted; attempt++) {
      const failure = await this.#once();
      if (!failure || this.#stopping.signal.aborted) return;
      this.#failure = failure;
      if (!passes(failure)) {
        this.report(`${this.process.name} has stopped: ${failure.message}`);
        return;
      }
      this.report(`${this.process.name} begins again: ${failure.message}`);
      this.#running = undefined;
      await this.#pause(Math.min(longestPauseMs, firstPauseMs * 2 ** Math.min(attempt, 10)));
    }
  }

  /** Resolves when it has ended, with the reason where there is one. */
  async #once(): Promise<Error | undefined> {
    try {
      const starting = Promise.resolve(this.process.start());
      const running = await Promise.race([starting, this.#stopped]);
      if (!running) {
        void starting.then((late) => late.stop()).catch(() => undefined);
        return undefined;
      }
      this.#running = running;
      return await running.done;
    } catch (error) {
      return asError(error);
    }
  }

  async #pause(milliseconds: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const over = new Promise<void>((resolve) => (timer = setTimeout(resolve, milliseconds)));
    await Promise.race([over, this.#stopped]).finally(() => clearTimeout(timer));
  }
}

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));
