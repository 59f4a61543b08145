import { randomUUID } from 'node:crypto';
import { WrongExpectedRevision, commandId, follow, later, pendingEvent } from '#event-store';
import type { EventLog, Following, RecordedEvent } from '#event-store';
import { addAlerts, addImportedAlerts, schemas, streams } from '#incidents';
import type { AlertReported, AlertsRouted, DocketEvent, Refusal, Route } from '#incidents';
import { inChunks } from '../chunks.js';
import type { IncidentRegister } from '../incident-register.js';
import { correlation } from '../system-actors.js';
import type { Incidents } from '../transfers.js';
import type { Candidate, CorrelationIndex } from './candidates.js';
import { intakeOf, turnedAway } from './intake.js';
import type { Intake } from './intake.js';
import { RecentRoutes } from './recent-routes.js';
import { chooseRoutes } from './routing.js';

export interface CorrelatorOptions {
  readonly log: EventLog;
  readonly index: CorrelationIndex;
  readonly register: IncidentRegister;
  readonly incidents: Incidents;
  readonly clock: () => Date;
  /** An incident takes part for so long after its last change, in milliseconds. Default 24 h. */
  readonly windowMs?: number;
}

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
  private readonly recent = new RecentRoutes();

  constructor(readonly options: CorrelatorOptions) {}

  async start(): Promise<Following> {
    const { log, index } = this.options;
    const head = await log.head();
    if (head !== undefined) await index.reached(head);
    await this.unlessFenced(() => this.resume());
    const after = this.routedUpTo === 0n ? undefined : this.routedUpTo;
    this.following = follow(log, { name: this.name, after, handle: (batch) => this.take(batch) });
    return this.following;
  }

  async stop(): Promise<void> {
    await this.following?.stop();
  }

  private async take(batch: readonly RecordedEvent[]): Promise<void> {
    const reports = (batch as readonly RecordedEvent<DocketEvent>[]).filter((event) => event.type === 'AlertReported');
    const upTo = reports.at(-1)?.position;
    if (upTo === undefined) return;
    await this.unlessFenced(async () => {
      // Somebody else may have routed the first of them meanwhile.
      const left = reports.filter(({ position }) => position > this.routedUpTo);
      if (left.length > 0) await this.route(left.map(intakeOf), upTo);
    });
  }

  /** Where another correlator was faster, its routes stand: they are taken up first, and that may happen again. */
  private async unlessFenced(work: () => Promise<void>): Promise<void> {
    for (let next = work; ; next = () => this.resume().then(work)) {
      try {
        return await next();
      } catch (error) {
        if (!(error instanceof WrongExpectedRevision)) throw error;
      }
    }
  }

  /** Takes up the routes that stand, its own of an earlier life or those of another correlator, and carries out the last again. */
  private async resume(): Promise<void> {
    let last: RecordedEvent<AlertsRouted> | undefined;
    for await (const event of this.options.log.read(streams.correlation, { direction: 'backwards', max: 1 })) {
      last = event as RecordedEvent<AlertsRouted>;
    }
    if (!last) return;
    this.standsAt(last.revision, last.data.upTo, last.metadata.at);
    const intakes = await Promise.all(last.data.routes.map(({ alertId }) => this.intake(alertId)));
    // Whatever of it was carried out stands: an incident that it was to open may be there.
    const routes = last.data.routes.map((route) => ({ ...route, opens: false }));
    await this.carryOut(last.id, routes, intakes);
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
    await this.carryOut(routed.id, routes, intakes);
  }

  private async decide(intakes: readonly Intake[]): Promise<Route[]> {
    const batch = await Promise.all(
      intakes.map(async (intake) => ({ intake, candidates: await this.candidates(intake) })),
    );
    const choices = chooseRoutes(batch);
    const opened = new Set(choices.flatMap(({ place }) => ('opened' in place ? place.opened : [])));
    const command = { id: randomUUID(), actor: correlation, correlationId: randomUUID() };
    const numbers = await this.options.register.nextNumbers(command, opened.size);
    return choices.map(({ alertId, place, reason }) =>
      'opened' in place
        ? { alertId, incidentId: numbers[place.opened]!, opens: true, reason }
        : { alertId, incidentId: place.incidentId, opens: false, reason },
    );
  }

  private async candidates({ alert: { entityKeys }, named, refusedBy }: Intake): Promise<Candidate[]> {
    const goesWhereItSays = named !== null && !refusedBy.has(named);
    if (goesWhereItSays || entityKeys.length === 0) return [];
    const since = new Date(this.options.clock().getTime() - (this.options.windowMs ?? 86_400_000));
    const known = await this.options.index.candidates({ entityKeys, since });
    return [...this.recent.candidates(entityKeys), ...known].filter(
      ({ incidentId, lastUpdateDateTime }) => lastUpdateDateTime >= since.toISOString() && !refusedBy.has(incidentId),
    );
  }

  /** Writes the arrivals, once for each incident and batch; what an incident turns away is routed again. */
  private async carryOut(routedBy: string, routes: readonly Route[], intakes: readonly Intake[]): Promise<void> {
    const together = new Map<string, number[]>();
    routes.forEach(({ incidentId, reason }, index) => {
      // What an incident turns away it may take where it came along with it.
      const group = `${incidentId} ${reason.rule === 'imported' ? 'imported' : 'reported'}`;
      const indexes = together.get(group);
      if (indexes) indexes.push(index);
      else together.set(group, [index]);
    });
    const brought = await Promise.all(
      [...together.values()].map((indexes) => this.bring(routedBy, indexes, routes, intakes)),
    );
    const again = brought.flat();
    if (again.length > 0) await this.route(again, this.routedUpTo);
  }

  /** Brings alerts of one kind to one incident, as many at once as fit into an append; gives back those that it turned away. */
  private async bring(
    routedBy: string,
    indexes: readonly number[],
    routes: readonly Route[],
    intakes: readonly Intake[],
  ): Promise<Intake[]> {
    const { incidentId, reason } = routes[indexes[0]!]!;
    const imported = reason.rule === 'imported';
    const again: Intake[] = [];
    for (const chunk of inChunks(indexes, (index) => intakes[index]!.alert)) {
      const alertIds = chunk.map((index) => intakes[index]!.alert.alertId);
      const arrivals = chunk.map((index) => ({ alert: intakes[index]!.alert, reason: routes[index]!.reason }));
      const execution = await this.options.incidents.execute<Refusal>(
        streams.incident(incidentId),
        { id: commandId('route', routedBy, incidentId, ...alertIds), actor: correlation, correlationId: routedBy },
        imported ? addImportedAlerts(arrivals.map(({ alert }) => alert)) : addAlerts(incidentId, arrivals),
        { presumeNew: routes[chunk[0]!]!.opens }, // its number was given a moment ago
      );
      const events: readonly string[] = execution.outcome === 'refused' ? ['AlertsTurnedAway'] : execution.events;
      if (events.includes('AlertsTurnedAway')) {
        this.recent.forget(incidentId, arrivals);
        again.push(...chunk.map((index) => turnedAway(intakes[index]!, incidentId)));
      } else if (!imported) this.recent.remember(incidentId, arrivals, this.options.clock().toISOString());
    }
    return again;
  }

  private standsAt(revision: number, upTo: string, at: string): void {
    this.revision = revision;
    this.routedUpTo = BigInt(upTo) > this.routedUpTo ? BigInt(upTo) : this.routedUpTo;
    this.lastAt = at;
  }
}
