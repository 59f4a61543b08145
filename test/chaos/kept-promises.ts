import { setTimeout as sleep } from 'node:timers/promises';
import { compareReadModel, verifyLog } from '#audit';
import type { Fault, Verification } from '#audit';
import { connectEventStore } from '#event-store';
import type { EventLog, RecordedEvent } from '#event-store';
import type { DocketEvent } from '#incidents';
import { readSettings } from '#platform';
import { docketEvents } from '#process-managers';
import { reachReadModel } from '../../apps/cli/log/read-model-documents.js';
import { findRunning } from '../../apps/cli/start/running.js';
import type { Answer } from '../e2e/client.js';
import type { MortalDocket } from './mortal-docket.js';

/** Follows from what is in an incident by then, and so depends on what comes together; or is a number or a route that is made anew. */
const derived: ReadonlySet<DocketEvent['type']> = new Set([
  'IncidentRegistered',
  'AlertsRouted',
  'IncidentNamedAutomatically',
  'IncidentSeverityChanged',
]);

/** Looks into the stores of a docket that runs, past its API. */
export class StoredTruth {
  private constructor(
    private readonly docket: MortalDocket,
    private readonly url: string,
    readonly log: EventLog,
  ) {}

  static async look<T>(docket: MortalDocket, at: (truth: StoredTruth) => Promise<T>): Promise<T> {
    const running = findRunning(docket.folder);
    if (!running) throw new Error(`No docket runs on ${docket.folder}`);
    const log = connectEventStore({ url: running.eventStoreUrl, catalogue: docketEvents });
    return at(new StoredTruth(docket, running.eventStoreUrl, log)).finally(() => log.close());
  }

  /** What is promised and does not hold, once everything had its time: a line each. */
  async brokenPromises(): Promise<string[]> {
    const until = performance.now() + this.docket.patienceMs;
    for (;;) {
      const broken = await this.brokenNow();
      if (broken.length === 0 || performance.now() > until) return broken;
      await sleep(200);
    }
  }

  /** How often each type of event was written after a position, but for what is derived: `AlertAdded ×2`. */
  async effectsSince(position: bigint | undefined): Promise<string[]> {
    const counts = new Map<string, number>();
    for (const { type } of await this.eventsAfter(position))
      if (!derived.has(type)) counts.set(type, (counts.get(type) ?? 0) + 1);
    return [...counts].map(([type, count]) => `${type} ×${count}`).sort();
  }

  /** An answer says where its effect is: in which event of which incident, and of an alert in which incident it came. */
  async notAsAnswered({ body }: Answer): Promise<string[]> {
    const events = await this.eventsAfter(undefined);
    const wrong: string[] = [];
    for (const { id, incidentId, revision, position } of [body, ...(Array.isArray(body.value) ? body.value : [])]) {
      const ofIncident = events.filter(({ stream }) => stream === `incident-${incidentId}`);
      if (revision !== undefined && String(ofIncident[revision]?.position) !== position)
        wrong.push(`acknowledged: event ${revision} of incident ${incidentId} at ${position}, which is not there`);
      const isAdded = ofIncident.some(({ type, data }) => type === 'AlertAdded' && data.alert.alertId === id);
      if (typeof id === 'string' && typeof incidentId === 'string' && !isAdded)
        wrong.push(`acknowledged: alert ${id} in incident ${incidentId}, where it is not`);
    }
    return wrong;
  }

  private async brokenNow(): Promise<string[]> {
    const head = (await this.log.head()) ?? 0n;
    const events = this.log.readAll({ asStored: true });
    const verified = await verifyLog({ events, catalogue: docketEvents });
    const left = Object.entries(verified.underWay).filter(([, count]) => count > 0);
    return [
      ...verified.faults.first.map(lineOf),
      ...left.map(([what, count]) => `${count} ${what} are not brought to their end`),
      ...(await this.faultsOfReadModel(verified, head)),
    ];
  }

  private async faultsOfReadModel(verified: Verification, head: bigint): Promise<string[]> {
    const model = await reachReadModel(readSettings({ DOCKET_DATA: this.docket.folder }), this.url);
    if (!model) return ['there is no read model'];
    try {
      const shownUpTo = await model.shownUpTo();
      const behind = Object.entries(shownUpTo).filter(
        ([, position]) => ((position as bigint | undefined) ?? -1n) < head,
      );
      if (behind.length > 0) return behind.map(([name]) => `the projection ${name} is behind the log`);
      const { position: foldedUpTo = 0n } = verified;
      const { faults } = await compareReadModel({ ...verified, ...model, shownUpTo, foldedUpTo, log: this.log });
      return faults.first.map(lineOf);
    } finally {
      await model.close();
    }
  }

  private async eventsAfter(position: bigint | undefined): Promise<RecordedEvent<DocketEvent>[]> {
    const events: RecordedEvent<DocketEvent>[] = [];
    for await (const event of this.log.readAll(position === undefined ? {} : { after: position }))
      events.push(event as RecordedEvent<DocketEvent>);
    return events;
  }
}

const lineOf = ({ stream, revision, fault }: Fault): string => `${stream} #${revision} ${fault}`;
