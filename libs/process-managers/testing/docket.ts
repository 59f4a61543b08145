import { randomUUID } from 'node:crypto';
import { expect } from '@jest/globals';
import type { Actor, Command, RecordedEvent } from '#event-store';
import { streams } from '#incidents';
import type { AlertReport, DocketEvent, Incident } from '#incidents';
import { APPEND_LIMIT, serialise } from '../../event-store/serialise.js';
import { InMemoryEventLog } from '../../event-store/testing/in-memory-event-log.js';
import { aReport as reportOf, deviceEvidence } from '../../incidents/testing/report.js';
import { assemble, docketEvents } from '../assembly.js';
import type { Assembly } from '../assembly.js';
import { Correlator } from '../correlation/correlator.js';
import type { CorrelatorOptions } from '../correlation/correlator.js';
import type { KnownIncident, KnownIncidents } from '../correlation/known-incidents.js';
import { PlanKeeper } from '../plans/plan-keeper.js';
import { evolveAll } from './folding.js';

const kim: Actor = { id: 'kim', name: 'Kim', kind: 'user' };

export const aCommand = (key?: string): Command => ({
  id: key === undefined ? randomUUID() : key,
  actor: kim,
  correlationId: randomUUID(),
  ...(key !== undefined && { bodyHash: 'body' }),
});

/** A read model that has seen the log, but knows of nothing that a correlator could begin with. */
export const nothingKnown: KnownIncidents = { reached: async () => {}, changedSince: async function* () {} };

/** A report about one device. */
export const aReport = (id: string, device: string, but: Partial<AlertReport> = {}): AlertReport =>
  reportOf(id, { evidence: [deviceEvidence(device)], ...but });

/** An alert about one server and so many users that its summary has some 12 kB. */
export const aLargeReport = (id: string): AlertReport =>
  aReport(id, 'server-1', {
    evidence: [
      deviceEvidence('server-1'),
      ...Array.from({ length: 49 }, (_, n) => ({
        '@odata.type': '#microsoft.graph.security.userEvidence',
        userAccount: { userPrincipalName: `somebody.with.a.long.name.${n}@subsidiary.northwind.example` },
      })),
    ],
  });

/** A docket on a log in memory, with correlators that begin with what the log says. */
export class Docket {
  readonly log = new InMemoryEventLog(docketEvents);
  readonly parts: Assembly;
  readonly correlators: Correlator[] = [];
  now = new Date('2026-01-01T12:00:00Z');

  constructor() {
    this.parts = this.process();
  }

  /** Another process on the same log: it shares nothing else. */
  process(): Assembly {
    return assemble({
      log: this.log,
      clock: () => this.now,
      readModel: { whereabouts: (alertId) => this.lastSeen(alertId) },
    });
  }

  async correlate(options: Partial<CorrelatorOptions> = {}): Promise<Correlator> {
    const { incidents, register } = this.process();
    const { log, known } = this;
    const correlator = new Correlator({ log, known, incidents, register, clock: () => this.now, ...options });
    this.correlators.push(correlator);
    await correlator.start();
    return correlator;
  }

  async report(
    report: AlertReport,
    incidentId: string | null = null,
    command = aCommand(),
    hash = report.lastUpdateDateTime,
  ) {
    return this.parts.intake.report(command, report, hash, incidentId);
  }

  /** A docket that a correlator serves, with an alert about each of these devices: alerts of one device are in one incident. */
  static async having(deviceOfAlert: Readonly<Record<string, string>>): Promise<Docket> {
    const docket = new Docket();
    await docket.correlate();
    for (const [id, device] of Object.entries(deviceOfAlert)) await docket.report(aReport(id, device));
    return docket;
  }

  async events(): Promise<RecordedEvent<DocketEvent>[]> {
    const events: RecordedEvent<DocketEvent>[] = [];
    for await (const event of this.log.readAll({ withUnreadable: true }))
      events.push(event as RecordedEvent<DocketEvent>);
    return events;
  }

  async incident(incidentId: string): Promise<Incident | undefined> {
    return (await this.incidents()).get(incidentId);
  }

  async incidents(): Promise<Map<string, Incident>> {
    return evolveAll(await this.events());
  }

  async countOf(type: DocketEvent['type']): Promise<number> {
    return (await this.events()).filter((event) => event.type === type).length;
  }

  /** Lets a keeper of plans, as another process has one, work until so many plans are carried out. */
  async keepPlans(carriedOut: number): Promise<void> {
    let bookmark: bigint | undefined;
    const keeper = new PlanKeeper({
      ...this.process(),
      bookmark: { load: async () => bookmark, save: async (position) => void (bookmark = position) },
      clock: () => new Date(this.now.getTime() + 60_000),
      graceMs: 20,
      onError: (error) => expect(error).toBeUndefined(),
    });
    await keeper.start();
    await until(async () => (await this.countOf('PlanCarriedOut')) === carriedOut);
    await keeper.stop();
  }

  /** What a read model would know, at the end of the log. */
  readonly known: KnownIncidents = { reached: async () => {}, changedSince: (since) => this.changedSince(since) };

  private async *changedSince(since: Date): AsyncGenerator<KnownIncident> {
    const events = await this.events();
    for (const { incidentId, status, redirect, alerts } of evolveAll(events).values()) {
      const last = events.findLast(({ stream }) => stream === streams.incident(incidentId))!;
      if (redirect || last.metadata.at < since.toISOString()) continue;
      const about = [...alerts.values()].flatMap(({ entityKeys }) => entityKeys);
      yield {
        incidentId,
        revision: last.revision,
        isOpen: status !== 'resolved',
        lastUpdateDateTime: last.metadata.at,
        alertCount: alerts.size,
        entities: [...new Set(about)].map((key) => [key, about.filter((other) => other === key).length] as const),
      };
    }
  }

  /** As a read model would say it: the last incident that the log has the alert in. */
  private async lastSeen(alertId: string): Promise<string | undefined> {
    for (const { incidentId, alerts, departed } of (await this.incidents()).values()) {
      if (alerts.has(alertId)) return incidentId;
      const departure = departed.get(alertId);
      const target = departure && (await this.incident(departure.toIncidentId));
      if (departure && !target?.arrived.has(departure.transferId)) return incidentId;
    }
    return undefined;
  }

  async stop(): Promise<void> {
    await this.parts.arrivals.stop();
    for (const correlator of this.correlators) await correlator.stop();
  }
}

/** From now on appends that match fail, as if the process had died before they were written, or before it heard of them. */
export function failing(
  { log }: Docket,
  matches: (types: readonly string[]) => boolean,
  when: 'before' | 'after' = 'before',
): () => void {
  const append = log.append.bind(log);
  log.append = async (stream, expected, events) => {
    const fails = matches(events.map(({ type }) => type));
    if (fails && when === 'before') throw new Error('crashed');
    const appended = await append(stream, expected, events);
    if (fails) throw new Error('crashed');
    return appended;
  };
  return () => (log.append = append);
}

/** Lets the log refuse what the real store would refuse for its size. */
export function limitAppends({ log }: Docket): void {
  const append = log.append.bind(log);
  log.append = async (stream, expected, events) => {
    const { bytes } = serialise(stream, events);
    if (bytes > APPEND_LIMIT) throw new Error(`${bytes} bytes are too many for ${stream}`);
    return append(stream, expected, events);
  };
}

export async function until(done: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await done())) await new Promise((resolve) => setTimeout(resolve, 10));
}

/** From now on these incidents take no command before `go`; `reached` resolves when one waits. */
export function holding(incidents: Assembly['incidents']): {
  readonly reached: Promise<void>;
  readonly go: () => void;
} {
  const execute = incidents.execute.bind(incidents);
  let go = () => {};
  let arrive = () => {};
  const held = new Promise<void>((resolve) => (go = resolve));
  const reached = new Promise<void>((resolve) => (arrive = resolve));
  incidents.execute = (async (...args: Parameters<typeof execute>) => {
    arrive();
    await held;
    return execute(...args);
  }) as typeof execute;
  return { reached, go: () => go() };
}
