import { setTimeout as sleep } from 'node:timers/promises';
import type { EventLog } from '#event-store';
import { streams } from '#incidents';
import { LRUCache } from 'lru-cache';

/** The alert was reported, but the correlator has not got to it yet. */
export class AlertNotRouted extends Error {
  constructor(readonly alertId: string) {
    super(`Alert ${alertId} was reported, but has no incident yet: try again in a moment`);
    this.name = 'AlertNotRouted';
  }
}

/** What the read model says: the incident that an alert was last seen in; undefined where it does not know one yet. */
export interface LastSeen {
  whereabouts(alertId: string): Promise<string | undefined>;
}

const pauseMs = 20;

/**
 * Says where an alert was last seen: by this process, or in the read model. It may have moved on, which whoever asks must expect.
 */
export class AlertHints {
  private readonly seen = new LRUCache<string, string>({ max: 100_000 });

  constructor(
    private readonly log: EventLog,
    private readonly readModel: LastSeen,
    private readonly patienceMs = 2_000,
  ) {}

  sawIn(alertId: string, incidentId: string): void {
    this.seen.set(alertId, incidentId);
  }

  /** Undefined where the alert was never reported; waits for one that was, then throws AlertNotRouted. */
  async incidentOf(alertId: string): Promise<string | undefined> {
    const known = this.seen.get(alertId) ?? (await this.readModel.whereabouts(alertId));
    if (known !== undefined) return known;
    if (!(await this.wasReported(alertId))) return undefined;

    const until = performance.now() + this.patienceMs;
    while (performance.now() < until) {
      const incidentId = this.seen.get(alertId) ?? (await this.readModel.whereabouts(alertId));
      if (incidentId !== undefined) return incidentId;
      await sleep(pauseMs);
    }
    throw new AlertNotRouted(alertId);
  }

  private async wasReported(alertId: string): Promise<boolean> {
    for await (const _ of this.log.read(streams.alert(alertId), { max: 1 })) return true;
    return false;
  }
}
