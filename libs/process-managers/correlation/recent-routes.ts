import type { AlertSummary } from '#incidents';
import { LRUCache } from 'lru-cache';
import type { Candidate } from './candidates.js';

type Arrivals = readonly { readonly alert: AlertSummary }[];

/** What the read model may not show yet: where this correlator has brought alerts itself, by entity key. */
export class RecentRoutes {
  private readonly byEntity = new LRUCache<string, Candidate>({ max: 200_000 });

  candidates(entityKeys: readonly string[]): Candidate[] {
    return entityKeys.flatMap((key) => this.byEntity.get(key) ?? []);
  }

  remember(incidentId: string, arrivals: Arrivals, lastUpdateDateTime: string): void {
    for (const { alert } of arrivals)
      for (const entity of alert.entityKeys) this.byEntity.set(entity, { incidentId, entity, lastUpdateDateTime });
  }

  forget(incidentId: string, arrivals: Arrivals): void {
    for (const { alert } of arrivals)
      for (const key of alert.entityKeys)
        if (this.byEntity.peek(key)?.incidentId === incidentId) this.byEntity.delete(key);
  }
}
