import { follow } from '#event-store';
import type { EventLog, Following, RecordedEvent } from '#event-store';
import type { DocketEvent } from '#incidents';
import type { AlertHints } from './alert-hints.js';

export interface Expectation {
  /** The incident that the alert came into; undefined where it does not come in time, in milliseconds. */
  within(timeoutMs: number): Promise<string | undefined>;
  /** Nobody waits any more. */
  end(): void;
}

/** So long nobody must have waited before the log is no longer followed. */
const idleMs = 10_000;

/** Tells who reported an alert which incident it came into, as soon as that is in the log. Follows it only while somebody waits. */
export class Arrivals {
  private readonly waiting = new Map<string, Set<(incidentId: string | undefined) => void>>();
  private following: Promise<Following> | undefined;
  private idle: NodeJS.Timeout | undefined;

  constructor(
    private readonly log: EventLog,
    private readonly hints: AlertHints,
  ) {}

  /** Resolves when no arrival can be missed any more: report the alert after that. */
  async expect(alertId: string): Promise<Expectation> {
    await this.listen();
    let tell!: (incidentId: string | undefined) => void;
    const arrival = new Promise<string | undefined>((resolve) => (tell = resolve));
    const waiting = this.waiting.get(alertId) ?? new Set();
    this.waiting.set(alertId, waiting.add(tell));
    const end = () => {
      tell(undefined);
      waiting.delete(tell);
      if (waiting.size === 0 && this.waiting.get(alertId) === waiting) this.waiting.delete(alertId);
      if (this.waiting.size === 0) this.rest();
    };
    return {
      end,
      within: async (timeoutMs) => {
        const timer = setTimeout(end, timeoutMs);
        return arrival.finally(() => clearTimeout(timer));
      },
    };
  }

  async stop(): Promise<void> {
    clearTimeout(this.idle);
    const following = this.following;
    this.following = undefined;
    await (await following)?.stop();
  }

  private async listen(): Promise<void> {
    clearTimeout(this.idle);
    const following = (this.following ??= this.begin());
    const { state } = await following.catch((error: unknown) => {
      this.following = undefined;
      throw error;
    });
    if (state !== 'failed' && state !== 'stopped') return;
    if (this.following === following) this.following = undefined;
    await this.listen();
  }

  private async begin(): Promise<Following> {
    const after = await this.log.head();
    return follow(this.log, { name: 'arrivals', after, handle: async (batch) => this.take(batch) });
  }

  private rest(): void {
    clearTimeout(this.idle);
    this.idle = setTimeout(() => void this.stop(), idleMs).unref();
  }

  private take(batch: readonly RecordedEvent[]): void {
    for (const recorded of batch) {
      const event = recorded as RecordedEvent<DocketEvent>;
      const incidentId = event.stream.slice('incident-'.length);
      if (event.type === 'AlertMovedIn')
        for (const { alertId } of event.data.alerts) this.hints.sawIn(alertId, incidentId);
      if (event.type !== 'AlertAdded') continue;
      const { alertId } = event.data.alert;
      this.hints.sawIn(alertId, incidentId);
      this.waiting.get(alertId)?.forEach((tell) => tell(incidentId));
    }
  }
}
