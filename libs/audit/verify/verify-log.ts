import type { EventCatalogue, RecordedEvent } from '#event-store';
import { schemas, streams } from '#incidents';
import type { AlertEvent, IncidentEvent } from '#incidents';
import type { IncidentDocument } from '#read-model';
import { Fingerprint } from '../fingerprint.js';
import type { LogSummary } from '../fingerprint.js';
import { FoldedAlerts } from '../folded-alerts.js';
import { FoldedIncidents } from '../folded-incidents.js';
import { heldPosition } from '../held-position.js';
import { AlertPlaces } from './alert-places.js';
import type { UnderWay } from './alert-places.js';
import { Faults } from './faults.js';
import { StreamsCheck } from './streams.js';

export interface Verification extends LogSummary {
  readonly streams: number;
  readonly incidents: FoldedIncidents;
  readonly alerts: FoldedAlerts;
  readonly alertCount: number;
  /** How many events are of a type, or of a schema, that this Docket does not know: `type` or `type@schema`. */
  readonly unknown: ReadonlyMap<string, number>;
  readonly underWay: UnderWay;
  readonly faults: Faults;
}

export interface VerifyOptions {
  /** A whole log from its first event on, as stored. */
  readonly events: AsyncIterable<RecordedEvent>;
  readonly catalogue: EventCatalogue;
  readonly onProgress?: (position: bigint) => void;
}

/**
 * Reads a log and checks what is promised of it: every event can be read; streams have no gap, positions and times do not go back; every
 * incident folds; every alert is in exactly one incident; a resolved incident has no open alert, at every point of the log; the
 * correlator never goes back. Keeps some 300 bytes for each stream, 1 kB for each alert and 2 kB for each incident. Throws what reading throws.
 */
export async function verifyLog({ events, catalogue, onProgress }: VerifyOptions): Promise<Verification> {
  const faults = new Faults();
  const log = new LogCheck(catalogue, faults);
  for await (const event of events) {
    log.see(event);
    onProgress?.(event.position);
  }
  return log.end();
}

class LogCheck {
  private readonly fingerprint = new Fingerprint();
  private readonly streams: StreamsCheck;
  private readonly places: AlertPlaces;
  private readonly alerts = new FoldedAlerts();
  private readonly incidents = new FoldedIncidents();
  /** Incidents that do not fold: one fault each is enough. */
  private readonly broken = new Set<string>();
  private readonly unknownBefore: ReadonlyMap<string, number>;
  private endedAt = '';
  private routedUpTo = 0n;

  constructor(
    private readonly catalogue: EventCatalogue,
    private readonly faults: Faults,
  ) {
    this.streams = new StreamsCheck(faults);
    this.places = new AlertPlaces(faults);
    this.unknownBefore = new Map(catalogue.unknown);
  }

  see(stored: RecordedEvent): void {
    this.fingerprint.add(stored);
    this.streams.see(stored, Object.hasOwn(schemas, stored.type));
    const event = this.read(stored);
    if (!event) return;
    if (event.metadata.at > this.endedAt) this.endedAt = event.metadata.at;
    this.checkHeldPosition(event);
    if (event.stream.startsWith(ofAlerts))
      this.seeAlert(event as RecordedEvent<AlertEvent>, event.stream.slice(ofAlerts.length));
    if (event.stream.startsWith(ofIncidents))
      this.seeIncident(event as RecordedEvent<IncidentEvent>, event.stream.slice(ofIncidents.length));
  }

  end(): Verification {
    // One clock that is in the future must not make late what has just begun.
    const now = new Date().toISOString();
    const underWay = this.places.end(this.folded(), this.endedAt < now ? this.endedAt : now);
    const unknown = [...this.catalogue.unknown]
      .map(([type, count]) => [type, count - (this.unknownBefore.get(type) ?? 0)] as const)
      .filter(([, count]) => count > 0);
    return {
      ...this.fingerprint.summary,
      streams: this.streams.count,
      incidents: this.incidents,
      alerts: this.alerts,
      alertCount: this.places.count,
      unknown: new Map(unknown),
      underWay,
      faults: this.faults,
    };
  }

  private *folded(): Generator<IncidentDocument> {
    for (const document of this.incidents) if (!this.broken.has(document._id)) yield document;
  }

  private read(stored: RecordedEvent): RecordedEvent | undefined {
    try {
      return this.catalogue.decode(stored);
    } catch (error) {
      this.faults.add(stored, `cannot be read: ${(error as Error).message}`);
      return undefined;
    }
  }

  private checkHeldPosition(event: RecordedEvent): void {
    const held = heldPosition(event);
    if (held === undefined) return;
    if (held >= event.position)
      this.faults.add(event, `holds position ${held}, and stands at ${event.position} itself`);
    if (event.stream !== streams.correlation) return;
    if (held < this.routedUpTo)
      this.faults.add(event, `routes up to ${held}, after alerts were routed up to ${this.routedUpTo}`);
    this.routedUpTo = held;
  }

  private seeAlert(event: RecordedEvent<AlertEvent>, alertId: string): void {
    this.places.seeReport(event, alertId);
    try {
      this.alerts.apply(event);
    } catch (error) {
      this.faults.add(event, `does not fold: ${(error as Error).message}`);
    }
  }

  private seeIncident(event: RecordedEvent<IncidentEvent>, incidentId: string): void {
    this.places.see(event, incidentId);
    if (this.broken.has(incidentId)) return;
    try {
      const { status, activeAlertCount } = this.incidents.apply(event, incidentId);
      this.alerts.apply(event);
      if (status === 'resolved' && activeAlertCount > 0)
        this.faults.add(event, `leaves ${activeAlertCount} alerts open in a resolved incident`);
    } catch (error) {
      this.broken.add(incidentId);
      this.faults.add(event, `does not fold: ${(error as Error).message}`);
    }
  }
}

const ofIncidents = streams.incident('');
const ofAlerts = streams.alert('');
