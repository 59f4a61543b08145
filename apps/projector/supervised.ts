import type { FollowingState } from '#event-store';
import { passes } from './passing.js';
import type { Process, Running } from './process.js';

export interface ProcessHealth {
  readonly name: string;
  readonly state: FollowingState | 'starting';
  /** Position of the last event handled, decimal; null: none yet. */
  readonly position: string | null;
  /** Why it failed, or why it had to begin again last. */
  readonly failure?: string;
}

const firstPauseMs = 100;
const longestPauseMs = 5_000;

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

  health(): ProcessHealth {
    const failure = this.#running?.failure ?? this.#failure;
    const position = this.#running?.position;
    return {
      name: this.process.name,
      state: this.#running?.state ?? (this.#failure && !passes(this.#failure) ? 'failed' : 'starting'),
      position: position === undefined ? null : String(position),
      ...(failure ? { failure: failure.message } : {}),
    };
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
      return error instanceof Error ? error : new Error(String(error));
    }
  }

  async #pause(milliseconds: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const over = new Promise<void>((resolve) => (timer = setTimeout(resolve, milliseconds)));
    await Promise.race([over, this.#stopped]).finally(() => clearTimeout(timer));
  }
}
