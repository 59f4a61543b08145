import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { MalformedEvent, WrongExpectedRevision, commandId, eventId, follow, later, pendingEvent } from '#event-store';
import type { Command, EventLog, Following, RecordedEvent } from '#event-store';
import { addAlerts, addImportedAlerts, hasHad, limits, schemas, streams } from '#incidents';
import type { AlertReported, AlertsRouted, Arrival, DocketEvent, Refusal, Route } from '#incidents';
import { alertsInChunks, inChunks } from '../chunks.js';
import { inLanes } from '../lanes.js';
import type { IncidentRegister } from '../incident-register.js';
import { isReadable, typeOf, whyUnreadable } from '../readable.js';
import { correlation } from '../system-actors.js';
import type { Incidents } from '../transfers.js';
import { CorrelationIndex } from './correlation-index.js';
import { intakeOf, sentOn, turnedAway } from './intake.js';
import type { Intake } from './intake.js';
import type { KnownIncidents } from './known-incidents.js';
import { chooseRoutes } from './routing.js';
import type { CorrelationRules } from './routing.js';

export interface CorrelatorOptions {
  readonly log: EventLog;
  readonly known: KnownIncidents;
  readonly register: IncidentRegister;
  readonly incidents: Incidents;
  readonly clock: () => Date;
  /** An incident takes part for so long after its last change, in milliseconds. Default 24 h. */
  readonly windowMs?: number | undefined;
  /** Default: all kinds of entities, and as many alerts as an incident may have. */
  readonly rules?: Partial<CorrelationRules> | undefined;
  /** Told of what is passed over because it cannot be read. */
  readonly onError?: ((error: unknown) => void) | undefined;
}

const dayMs = 86_400_000;

/** Events: the more reports there are in one batch, the more alerts come into an incident with one append. */
const maxBatch = 4_000;

/** Where many alerts come at once the correlator lets them gather: half a millisecond for each that it has just routed, 150 ms at most. */
const gathering = { fromAlerts: 64, msPerAlert: 0.5, longestMs: 150 } as const;

/**
 * Gives every reported alert its incident: the most recently updated one that is not resolved and shares an entity with it, else a new
 * one. Decisions are appended to the `correlation` stream at the exact revision, which fences a second correlator; then they are carried
 * out, and only then the next ones are made, so that a crash leaves at most the last batch to be carried out again.
 */
export class Correlator {
  readonly name = 'correlation';
  following: Following | undefined;
  /** Revision of the last event of the correlation stream. */
  private revision = -1;
  /** Every alert reported up to here has been routed. */
  private routedUpTo = 0n;
  private lastAt: string | undefined;
  private index: CorrelationIndex;

  constructor(readonly options: CorrelatorOptions) {
    this.index = this.emptyIndex();
  }

  async start(): Promise<Following> {
    const { log, known } = this.options;
    this.index = this.emptyIndex();
    // First the revision, then what is known: whoever routes in between fences this one.
    const last = await this.lastRouted();
    const head = await log.head();
    if (head !== undefined) await known.reached(head);
    await this.index.load(known);
    let left = last;
    await this.unlessFenced(async () => {
      // Once only: whoever fences this one has carried them out, and may have routed anew what was turned away.
      const routed = left;
      left = undefined;
      if (routed) await this.carryOutAgain(routed);
    });
    const after = this.routedUpTo === 0n ? undefined : this.routedUpTo;
    this.following = follow(log, { name: this.name, after, maxBatch, handle: (batch) => this.take(batch) });
    return this.following;
  }

  async stop(): Promise<void> {
    await this.following?.stop();
  }

  private emptyIndex(): CorrelationIndex {
    const { incidents, clock, windowMs = dayMs } = this.options;
    return new CorrelationIndex({ incidents, clock, windowMs });
  }

  private async take(batch: readonly RecordedEvent[]): Promise<void> {
    await this.index.follow(batch);
    for (const event of batch)
      if (typeOf(event) === 'AlertReported' && !isReadable(event))
        this.complain(`An alert gets no incident: ${whyUnreadable(event)}`);
    const reports = (batch.filter(isReadable) as readonly RecordedEvent<DocketEvent>[])
      .filter((event) => event.type === 'AlertReported')
      .map((event) => ({ intake: intakeOf(event), position: event.position }));
    // The routes of a batch are one event, in which each names one of its alert's entities.
    for (const together of inChunks(reports, ({ intake: { alert } }) => [alert.alertId, alert.entityKeys]))
      await this.unlessFenced(async () => {
        // Somebody else may have routed the first of them meanwhile.
        const left = together.filter(({ position }) => position > this.routedUpTo);
        if (left.length > 0)
          await this.route(
            left.map(({ intake }) => intake),
            left.at(-1)!.position,
          );
      });
    if (reports.length >= gathering.fromAlerts)
      await sleep(Math.min(gathering.longestMs, reports.length * gathering.msPerAlert));
  }

  /** Where another correlator was faster, its routes stand: they are taken up first, and that may happen again. */
  private async unlessFenced(work: () => Promise<unknown>): Promise<void> {
    for (let next = work; ; next = () => this.takeUp().then(work)) {
      try {
        return void (await next());
      } catch (error) {
        if (!(error instanceof WrongExpectedRevision)) throw error;
      }
    }
  }

  /** The last routes that stand: its own of an earlier life, or those of another correlator. */
  private async lastRouted(): Promise<RecordedEvent<AlertsRouted> | undefined> {
    for await (const event of this.options.log.read(streams.correlation, { direction: 'backwards', max: 1 })) {
      const last = event as RecordedEvent<AlertsRouted>;
      this.standsAt(last.revision, last.data.upTo, last.metadata.at);
      return last;
    }
    return undefined;
  }

  /** Takes up the routes of another correlator, which the log will show later, and carries out the last of them again. */
  private async takeUp(): Promise<void> {
    const routed: RecordedEvent<AlertsRouted>[] = [];
    for await (const event of this.options.log.read(streams.correlation, { from: this.revision + 1 }))
      routed.push(event as RecordedEvent<AlertsRouted>);
    const last = routed.at(-1);
    if (!last) return;
    this.standsAt(last.revision, last.data.upTo, last.metadata.at);
    await this.carryOutAgain(last);
    const changed = new Set(routed.flatMap(({ data }) => data.routes.map(({ incidentId }) => incidentId)));
    await inLanes([...changed], String, (incidentId) => this.index.takeFromStream(incidentId));
  }

  private async carryOutAgain({ id, data: { routes } }: RecordedEvent<AlertsRouted>): Promise<void> {
    const idOf = ({ alertId }: Route) => alertId;
    const routed = await inLanes(routes, idOf, async (route) => ({
      intake: await this.intake(route.alertId),
      route: { ...route, opens: false }, // whatever of it was carried out stands: an incident that it was to open may be there
    }));
    await this.carryOut(id, routed);
  }

  private async intake(alertId: string): Promise<Intake> {
    for await (const event of this.options.log.read(streams.alert(alertId), { max: 1 })) {
      return intakeOf(event as RecordedEvent<AlertReported>);
    }
    throw new Error(`Alert ${alertId} is routed and has no stream: was the store restored from a backup?`);
  }

  private async route(intakes: readonly Intake[], upTo: bigint): Promise<void> {
    const routes = await this.decide(intakes);
    const at = later(this.options.clock(), this.lastAt);
    const batch = randomUUID();
    const routed = pendingEvent(
      { id: batch, actor: correlation, correlationId: batch },
      { type: 'AlertsRouted', data: { upTo: String(upTo), routes } },
      { stream: streams.correlation, index: 0, at, schema: schemas.AlertsRouted },
    );
    const expected = this.revision < 0 ? 'no-stream' : this.revision;
    const { revision } = await this.options.log.append(streams.correlation, expected, [routed]);
    this.standsAt(revision, String(upTo), at);
    const paired = routes.map((route, index) => ({ route, intake: intakes[index]! }));
    await this.carryOut(routed.id, paired);
  }

  private async decide(intakes: readonly Intake[]): Promise<Route[]> {
    const rules = { mostAlerts: limits.alerts, ...this.options.rules };
    const choices = chooseRoutes(intakes, this.index, rules);
    const opened = new Set(choices.flatMap(({ place }) => ('opened' in place ? place.opened : [])));
    const command = { id: randomUUID(), actor: correlation, correlationId: randomUUID() };
    const numbers = await this.options.register.nextNumbers(command, opened.size);
    return choices.map(({ alertId, place, reason }) =>
      'opened' in place
        ? { alertId, incidentId: numbers[place.opened]!, opens: true, reason }
        : { alertId, incidentId: place.incidentId, opens: false, reason },
    );
  }

  /** Writes the arrivals, once for each incident and batch; what an incident does not take is routed again. */
  private async carryOut(routedBy: string, routed: readonly Routed[]): Promise<void> {
    const together = new Map<string, Routed[]>();
    for (const each of routed) {
      // What an incident turns away it may take where it came along with it.
      const group = `${each.route.incidentId} ${isImported(each) ? 'imported' : 'reported'}`;
      const others = together.get(group);
      if (others) others.push(each);
      else together.set(group, [each]);
    }
    const brought = await inLanes(
      [...together],
      ([group]) => group,
      ([, each]) => this.bring(routedBy, each),
    );
    const again = brought.flat();
    if (again.length > 0) await this.route(again, this.routedUpTo);
  }

  /** Brings alerts of one kind to one incident, as many at once as fit into an append; gives back those that it did not take. */
  private async bring(routedBy: string, group: readonly Routed[]): Promise<Intake[]> {
    const again: Intake[] = [];
    for (const chunk of alertsInChunks(group, ({ intake }) => intake.alert))
      again.push(...(await this.bringTogether(routedBy, chunk)));
    return again;
  }

  private async bringTogether(routedBy: string, routed: readonly Routed[]): Promise<Intake[]> {
    const [first] = routed as [Routed, ...Routed[]];
    const { incidentId, opens } = first.route;
    const alerts = routed.map(({ intake }) => intake.alert);
    const alertIds = alerts.map(({ alertId }) => alertId);
    const command = {
      id: commandId('route', routedBy, incidentId, ...alertIds),
      actor: correlation,
      correlationId: routedBy,
    };
    const execution = await this.options.incidents
      .execute<Refusal>(
        streams.incident(incidentId),
        command,
        isImported(first) ? addImportedAlerts(alerts) : addAlerts(incidentId, routed.map(arrival)),
        { presumeNew: opens }, // its number was given a moment ago
      )
      .catch((error: unknown) => {
        if (error instanceof MalformedEvent) return error;
        throw error;
      });
    if (execution instanceof MalformedEvent) {
      // Nobody can decide on it: it takes nobody in. What it has taken in already stays there.
      this.complain(execution);
      if (await this.hasHappened(streams.incident(incidentId), command)) return [];
      return routed.map(({ intake }) => turnedAway(intake, incidentId));
    }
    if (execution.outcome === 'refused' && execution.refusal.refused === 'incident-redirected')
      return this.sendOn(incidentId, execution.refusal.redirectIncidentId, routed);
    if (execution.outcome === 'refused' || (execution.events as readonly string[]).includes('AlertsTurnedAway')) {
      await this.index.takeFromStream(incidentId);
      return routed.map(({ intake }) => turnedAway(intake, incidentId));
    }
    if (!isImported(first)) await this.index.brought(incidentId, alerts, execution);
    return [];
  }

  /** Ids can be read where nothing else can. */
  private async hasHappened(stream: string, command: Pick<Command, 'id'>): Promise<boolean> {
    const first = eventId(command, stream, 0);
    for await (const { id } of this.options.log.read(stream, { asStored: true })) if (id === first) return true;
    return false;
  }

  private complain(error: unknown): void {
    this.options.onError?.(error);
  }

  /** Alerts that were in the incident before it was merged went along with it. */
  private async sendOn(from: string, to: string, routed: readonly Routed[]): Promise<Intake[]> {
    await this.index.takeFromStream(from);
    const { state } = await this.options.incidents.load(streams.incident(from));
    return routed
      .filter(({ route }) => !state || !hasHad(state, route.alertId))
      .map(({ intake, route }) => sentOn(intake, from, to, route.reason));
  }

  private standsAt(revision: number, upTo: string, at: string): void {
    this.revision = revision;
    this.routedUpTo = BigInt(upTo) > this.routedUpTo ? BigInt(upTo) : this.routedUpTo;
    this.lastAt = at;
  }
}

interface Routed {
  readonly intake: Intake;
  readonly route: Route;
}

const isImported = ({ route }: Routed): boolean => route.reason.rule === 'imported';
const arrival = ({ intake, route }: Routed): Arrival => ({ alert: intake.alert, reason: route.reason });
