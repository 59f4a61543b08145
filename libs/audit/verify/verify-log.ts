import type { EventCatalogue, RecordedEvent } from '#event-store';
import { schemas, streams } from '#incidents';
import type { AlertEvent, DocketEvent, IncidentEvent } from '#incidents';
import { Fingerprint } from '../fingerprint.js';
import type { LogSummary } from '../fingerprint.js';
import { FoldedAlerts } from '../folded-alerts.js';
import { FoldedIncidents } from '../folded-incidents.js';
import { heldPosition } from '../held-position.js';
import { AlertPlaces } from './alert-places.js';
import { CommandsCheck } from './commands.js';
import { Faults } from './faults.js';
import { Journeys } from './journeys.js';
import { NamesCheck } from './names.js';
import { PlansCheck } from './plans.js';
import { Redirects } from './redirects.js';
import { StreamsCheck } from './streams.js';

/** What is on its way at the end of the log, and will be done when Docket runs: `transfers` are moves and merges. */
export interface UnderWay {
  readonly reports: number;
  readonly transfers: number;
  readonly plans: number;
}

/** How long something may be on its way, before the last event of the log, in milliseconds. */
const mayTakeMs = 10_000;

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
 * Reads a log and checks what is promised of it, at every point of it: every event can be read; streams have no gap, positions and times do not
 * go back; what a command writes stands in one piece and once; plans are carried out; every incident folds; every alert is in exactly one
 * incident that was not merged, or on its way there, and arrives once; a merged incident never changes again; a resolved incident has no open
 * alert; no name that somebody gave is overwritten; the correlator never goes back. Keeps some 300 bytes for each stream, 50 for each event,
 * 1 kB for each alert and 2 kB for each incident. Throws what reading throws.
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
  private readonly commands: CommandsCheck;
  private readonly redirects: Redirects;
  private readonly plans: PlansCheck;
  private readonly journeys: Journeys;
  private readonly places: AlertPlaces;
  private readonly names: NamesCheck;
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
    this.commands = new CommandsCheck(faults);
    this.redirects = new Redirects(faults);
    this.plans = new PlansCheck(this.redirects, faults);
    this.journeys = new Journeys(this.redirects, faults);
    this.places = new AlertPlaces(this.redirects, faults);
    this.names = new NamesCheck(faults);
    this.unknownBefore = new Map(catalogue.unknown);
  }

  see(stored: RecordedEvent): void {
    this.fingerprint.add(stored);
    const isKnown = Object.hasOwn(schemas, stored.type);
    this.streams.see(stored, isKnown);
    if (isKnown) this.commands.see(stored);
    const event = this.read(stored);
    if (!event) return;
    if (event.metadata.at > this.endedAt) this.endedAt = event.metadata.at;
    this.checkHeldPosition(event);
    this.plans.see(event as RecordedEvent<DocketEvent>);
    if (event.stream.startsWith(ofAlerts))
      this.seeAlert(event as RecordedEvent<AlertEvent>, event.stream.slice(ofAlerts.length));
    if (event.stream.startsWith(ofIncidents))
      this.seeIncident(event as RecordedEvent<IncidentEvent>, event.stream.slice(ofIncidents.length));
  }

  end(): Verification {
    // One clock that is in the future must not make late what has just begun.
    const now = new Date().toISOString();
    const due = Date.parse(this.endedAt < now ? this.endedAt : now) - mayTakeMs;
    const underWay = {
      reports: this.places.end(due),
      transfers: this.journeys.end(due),
      plans: this.plans.end(due),
    };
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
    this.redirects.see(event, incidentId);
    this.journeys.see(event, incidentId);
    this.places.see(event, incidentId);
    this.names.see(event, incidentId);
    if (this.broken.has(incidentId)) return;
    try {
      const incident = this.incidents.apply(event, incidentId);
      this.alerts.apply(event);
      this.places.compare(event, incident);
      const { status, activeAlertCount } = incident;
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
