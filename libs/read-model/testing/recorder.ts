import type { Actor, DomainEvent, RecordedEvent } from '#event-store';
import { incidentDecider, schemas, streams, summarise } from '#incidents';
import type {
  AlertEvent,
  AlertReport,
  AlertSummary,
  Decision,
  Incident,
  IncidentEvent,
  IncidentImported,
} from '#incidents';
import { aReport, deviceEvidence } from '../../incidents/testing/report.js';
import { added, imported as anImport, opened as anOpening } from '../../incidents/testing/scenario.js';

export const kim: Actor = { id: 'kim', name: 'Kim', kind: 'user' };
export const system: Actor = { id: 'correlation', name: 'Correlation', kind: 'system' };

/** The time at which a recorder records the event at `position`. */
export const timeOf = (position: bigint): string =>
  new Date(Date.UTC(2026, 0, 1) + Number(position) * 1000).toISOString();

/** Writes down events as a store would: revisions, positions and times follow from the order. One second passes with each. */
export class Recorder {
  readonly events: RecordedEvent[] = [];
  readonly #revisions = new Map<string, number>();
  readonly #incidents = new Map<string, Incident>();

  record<E extends DomainEvent>(stream: string, event: E, actor: Actor = kim): RecordedEvent<E> {
    const revision = (this.#revisions.get(stream) ?? -1) + 1;
    const position = BigInt(this.events.length + 1);
    const recorded = {
      ...event,
      id: `${stream}/${revision}`,
      stream,
      revision,
      position,
      metadata: {
        $correlationId: 'correlation',
        $causationId: 'command',
        actor,
        at: timeOf(position),
        schema: (schemas as Record<string, number>)[event.type] ?? 1,
      },
    };
    this.#revisions.set(stream, revision);
    this.events.push(recorded);
    return recorded;
  }

  incident(incidentId: string): Incident | undefined {
    return this.#incidents.get(incidentId);
  }

  /** Events of one incident, as they are. */
  happened(incidentId: string, ...events: IncidentEvent[]): void {
    for (const event of events) {
      const recorded = this.record(streams.incident(incidentId), event);
      this.#incidents.set(incidentId, incidentDecider.evolve(this.#incidents.get(incidentId), recorded));
    }
  }

  /** What the domain decides; a refusal changes nothing. */
  decided(incidentId: string, decide: (incident: Incident | undefined) => Decision): readonly IncidentEvent[] {
    const decision = decide(this.#incidents.get(incidentId));
    if ('refused' in decision) return [];
    this.happened(incidentId, ...decision);
    return decision;
  }

  reported(report: AlertReport): void {
    this.record<AlertEvent>(streams.alert(report.id), {
      type: 'AlertReported',
      data: { report, incidentId: null, contentHash: '' },
    });
  }

  reportedAnew(report: AlertReport): void {
    this.record<AlertEvent>(streams.alert(report.id), {
      type: 'AlertReportUpdated',
      data: { report, contentHash: '' },
    });
  }

  of(incidentId: string): RecordedEvent<IncidentEvent>[] {
    return this.events.filter(
      ({ stream }) => stream === streams.incident(incidentId),
    ) as RecordedEvent<IncidentEvent>[];
  }
}

/** A report about the device of the same name. */
export const report = (id: string, but: Partial<AlertReport> = {}): AlertReport =>
  aReport(id, {
    createdDateTime: '2025-12-31T23:00:00.1234567Z',
    lastUpdateDateTime: '2025-12-31T23:30:00Z',
    evidence: [deviceEvidence(`id-of-${id}`, { deviceDnsName: `${id}.contoso.com` })],
    other: { productName: 'Contoso', mitreTechniques: ['T1059'] },
    ...but,
  });

export const summaryOf = (id: string, but: Partial<AlertSummary> = {}): AlertSummary => ({
  ...summarise(report(id), 0),
  ...but,
});

export const opened = (incidentId: string, displayName = `Incident ${incidentId}`): IncidentEvent =>
  anOpening({ incidentId, displayName });

/** As it was elsewhere. */
export const imported = (incidentId: string, but: Partial<IncidentImported['data']> = {}): IncidentEvent =>
  anImport({ incidentId, ...but });

export { added };
