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

/** Tells who reported an alert which incident it came into, as soon as that is in the log. */
export class Arrivals {
  private readonly waiting = new Map<string, ((incidentId: string | undefined) => void)[]>();
  private following: Following | undefined;

  constructor(
    private readonly log: EventLog,
    private readonly hints: AlertHints,
  ) {}

  async start(): Promise<Following> {
    const after = await this.log.head();
    this.following = follow(this.log, { name: 'arrivals', after, handle: async (batch) => this.take(batch) });
    return this.following;
  }

  async stop(): Promise<void> {
    await this.following?.stop();
  }

  /** To be called before the alert can have come. */
  expect(alertId: string): Expectation {
    let tell!: (incidentId: string | undefined) => void;
    const routed = new Promise<string | undefined>((resolve) => (tell = resolve));
    this.waiting.set(alertId, [...(this.waiting.get(alertId) ?? []), tell]);
    const end = () => {
      const others = this.waiting.get(alertId)?.filter((other) => other !== tell) ?? [];
      if (others.length > 0) this.waiting.set(alertId, others);
      else this.waiting.delete(alertId);
      tell(undefined);
    };
    return {
      end,
      within: async (timeoutMs) => {
        const timer = setTimeout(end, timeoutMs);
        return routed.finally(() => clearTimeout(timer)).finally(end);
      },
    };
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
