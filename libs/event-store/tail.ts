import type { RecordedEvent } from './event.js';
import type { EventLog } from './event-log.js';

/** At least so many of the last events are kept for those who are slower than the store. */
const KEPT = 4_096;

/** The end of a log: one subscription, and the last events that it brought. */
export class Tail {
  private kept: RecordedEvent[] = [];
  /** How many events came before the first that is kept. */
  private gone = 0;
  private readonly waiting = new Set<() => void>();
  private readonly stopping = new AbortController();
  private ending: { readonly error?: unknown } | undefined;

  /** `after`: the position of the last event that it does not bring; undefined: it brings all. */
  constructor(
    private readonly log: EventLog,
    private after: bigint | undefined,
  ) {
    void this.receive();
  }

  /** The number of the first event after `position`, be it still to come; undefined where some after it are not kept. */
  numberAfter(position: bigint | undefined): number | undefined {
    if (this.after !== undefined && (position === undefined || position < this.after)) return undefined;
    const index = position === undefined ? 0 : this.kept.findIndex((event) => event.position > position);
    return this.gone + (index < 0 ? this.kept.length : index);
  }

  /** Undefined where it is gone or has not come yet. */
  at(number: number): RecordedEvent | undefined {
    return this.kept[number - this.gone];
  }

  /** Resolves with false where event `number` is gone or will never come; rejects where the subscription broke. */
  async comes(number: number, signal?: AbortSignal): Promise<boolean> {
    while (number >= this.gone + this.kept.length && !this.ending && !signal?.aborted) await this.change(signal);
    if (number < this.gone || signal?.aborted) return false;
    if (number < this.gone + this.kept.length) return true;
    if (this.ending && 'error' in this.ending) throw this.ending.error;
    return false;
  }

  get hasEnded(): boolean {
    return this.ending !== undefined;
  }

  stop(): void {
    this.stopping.abort();
  }

  private async receive(): Promise<void> {
    try {
      const { after } = this;
      for await (const event of this.log.subscribe({ after, signal: this.stopping.signal })) {
        // A subscription may begin with what was there before.
        if (event.position <= (this.kept.at(-1)?.position ?? after ?? -1n)) continue;
        this.kept.push(event);
        if (this.kept.length >= 2 * KEPT) {
          this.after = this.kept[KEPT - 1]!.position;
          this.kept = this.kept.slice(KEPT);
          this.gone += KEPT;
        }
        this.wake();
      }
      this.ending = {};
    } catch (error) {
      this.ending = { error };
    }
    this.wake();
  }

  private wake(): void {
    for (const go of this.waiting) go();
    this.waiting.clear();
  }

  private change(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve) => {
      const go = () => {
        signal?.removeEventListener('abort', go);
        this.waiting.delete(go);
        resolve();
      };
      signal?.addEventListener('abort', go);
      this.waiting.add(go);
    });
  }
}
