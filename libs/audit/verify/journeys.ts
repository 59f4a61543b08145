import type { RecordedEvent } from '#event-store';
import type { AlertMovedIn, IncidentAbsorbed, IncidentEvent } from '#incidents';
import type { Faults } from './faults.js';
import type { Redirects } from './redirects.js';

/** A departure, until all has arrived that it sent on its way. */
interface Journey {
  /** The event that is the departure. */
  readonly stream: string;
  readonly revision: number;
  readonly at: string;
  readonly isMerge: boolean;
  readonly fromIncidentId: string;
  readonly toIncidentId: string;
  /** Those that have not arrived. */
  readonly alertIds: Set<string>;
  readonly alertCount: number;
  /** A merge is absorbed before its alerts arrive, which they do in chunks. */
  absorbed: boolean;
  chunks: number;
}

/**
 * Arrivals answer departures, each once: what left arrives in the incident that it left for, or, where that was merged meanwhile, in the one
 * that it is part of by then.
 */
export class Journeys {
  /** By the id of the departure. */
  private readonly underWay = new Map<string, Journey>();

  constructor(
    private readonly redirects: Redirects,
    private readonly faults: Faults,
  ) {}

  see(event: RecordedEvent<IncidentEvent>, incidentId: string): void {
    switch (event.type) {
      case 'AlertMovedOut': {
        const { alerts, toIncidentId } = event.data;
        const alertIds = alerts.map(({ alertId }) => alertId);
        return this.depart(event, { isMerge: false, fromIncidentId: incidentId, toIncidentId, alertIds });
      }
      case 'IncidentMerged':
        return this.depart(event, { isMerge: true, fromIncidentId: incidentId, ...event.data });
      case 'IncidentAbsorbed':
        return this.absorb(event, incidentId);
      case 'AlertMovedIn':
        return this.arrive(event, incidentId);
      default: // nobody travels
    }
  }

  /** How many are under way. `due`: in milliseconds; whatever departed before should have arrived. */
  end(due: number): number {
    for (const { at, toIncidentId, isMerge, absorbed, ...departure } of this.underWay.values()) {
      if (Date.parse(at) >= due) continue;
      const what = isMerge && !absorbed ? 'was not absorbed by' : 'has no arrival in';
      this.faults.add(departure, `${what} incident ${this.redirects.survivorOf(toIncidentId)}`);
    }
    return this.underWay.size;
  }

  private depart(
    { id, stream, revision, metadata: { at } }: RecordedEvent,
    {
      isMerge,
      fromIncidentId,
      toIncidentId,
      alertIds,
    }: Pick<Journey, 'isMerge' | 'fromIncidentId' | 'toIncidentId'> & { readonly alertIds: readonly string[] },
  ): void {
    this.underWay.set(id, {
      stream,
      revision,
      at,
      isMerge,
      fromIncidentId,
      toIncidentId,
      alertIds: new Set(alertIds),
      alertCount: alertIds.length,
      absorbed: false,
      chunks: 0,
    });
  }

  private absorb(event: RecordedEvent<IncidentAbsorbed>, incidentId: string): void {
    const { transferId, fromIncidentId, alertCount } = event.data;
    const merge = this.underWay.get(transferId);
    if (!merge?.isMerge || merge.absorbed)
      return this.faults.add(event, 'absorbs an incident that was not merged, or that was absorbed before');
    this.checkEnds(event, merge, { fromIncidentId, incidentId });
    if (alertCount !== merge.alertCount)
      this.faults.add(event, `speaks of ${alertCount} alerts, where ${merge.alertCount} come along`);
    merge.absorbed = true;
    this.endWhereAllArrived(transferId, merge);
  }

  private arrive(event: RecordedEvent<AlertMovedIn>, incidentId: string): void {
    const { transferId, fromIncidentId, alerts } = event.data;
    const [departureId, chunk] = this.underWay.has(transferId) ? [transferId] : chunkOfMerge(transferId);
    const journey = this.underWay.get(departureId);
    if (!journey || journey.isMerge === (chunk === undefined))
      return this.faults.add(event, 'is an arrival without a departure, or the second one');
    this.checkEnds(event, journey, { fromIncidentId, incidentId });
    if (chunk !== undefined) {
      if (!journey.absorbed) this.faults.add(event, `arrives before incident ${fromIncidentId} was absorbed`);
      if (chunk !== journey.chunks++) this.faults.add(event, `is chunk ${chunk} of what arrives, out of turn or again`);
    }
    const strangers = alerts.filter(({ alertId }) => !journey.alertIds.delete(alertId));
    const isAll = chunk !== undefined || journey.alertIds.size === 0;
    if (strangers.length > 0 || !isAll) this.faults.add(event, 'brings other alerts than departed');
    if (chunk === undefined) this.underWay.delete(departureId);
    else this.endWhereAllArrived(departureId, journey);
  }

  private checkEnds(
    event: RecordedEvent,
    { fromIncidentId, toIncidentId }: Journey,
    said: { readonly fromIncidentId: string; readonly incidentId: string },
  ): void {
    const survivor = this.redirects.survivorOf(toIncidentId);
    if (said.incidentId !== survivor) this.faults.add(event, `arrives here, and departed for incident ${survivor}`);
    if (said.fromIncidentId !== fromIncidentId)
      this.faults.add(event, `says it comes from incident ${said.fromIncidentId}, and departed from ${fromIncidentId}`);
  }

  private endWhereAllArrived(departureId: string, { absorbed, alertIds }: Journey): void {
    if (absorbed && alertIds.size === 0) this.underWay.delete(departureId);
  }
}

/** `<departure>/<n>`: the n-th chunk, from 0. */
function chunkOfMerge(transferId: string): [departureId: string, chunk?: number] {
  const [, departureId, chunk] = /^(.*)\/(\d+)$/s.exec(transferId) ?? [];
  return departureId === undefined ? [transferId] : [departureId, Number(chunk)];
}
