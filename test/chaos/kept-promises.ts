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

type Event = RecordedEvent<DocketEvent>;

/** How long a docket has, from when it answers again, to bring everything to its end. Milliseconds. */
const withinMs = 5_000;

/** Looks into the stores of a docket that runs on a folder, past its API. */
export class StoredTruth {
  private constructor(
    private readonly folder: string,
    private readonly url: string,
    readonly log: EventLog,
  ) {}

  static of(folder: string): StoredTruth {
    const running = findRunning(folder);
    if (!running) throw new Error(`No docket runs on ${folder}`);
    const url = running.eventStoreUrl;
    return new StoredTruth(folder, url, connectEventStore({ url, catalogue: docketEvents }));
  }

  async since(position: bigint | undefined): Promise<Event[]> {
    const events: Event[] = [];
    for await (const event of this.log.readAll(position === undefined ? {} : { after: position }))
      events.push(event as Event);
    return events;
  }

  /** What is promised and does not hold, once everything had its time: a line each. */
  async brokenPromises(): Promise<string[]> {
    const until = performance.now() + withinMs;
    for (;;) {
      const broken = await this.brokenNow();
      if (broken.length === 0 || performance.now() > until) return broken;
      await sleep(200);
    }
  }

  private async brokenNow(): Promise<string[]> {
    const head = (await this.log.head()) ?? 0n;
    const events = this.log.readAll({ asStored: true });
    const verified = await verifyLog({ events, catalogue: docketEvents });
    const { underWay, faults } = verified;
    return [
      ...faults.first.map(lineOf),
      ...(underWay.reports > 0 ? [`${underWay.reports} reported alerts are in no incident`] : []),
      ...(underWay.transfers > 0 ? [`${underWay.transfers} transfers have not arrived`] : []),
      ...(underWay.plans > 0 ? [`${underWay.plans} plans are not carried out`] : []),
      ...(await this.readModelFaults(verified, head)),
    ];
  }

  /** Only where it has come to the head of the log it has to show all. */
  private async readModelFaults(
    { incidents, alerts, position: foldedUpTo = 0n }: Verification,
    head: bigint,
  ): Promise<string[]> {
    const model = await reachReadModel(readSettings({ DOCKET_DATA: this.folder }), this.url);
    if (!model) return ['there is no read model'];
    try {
      const shownUpTo = await model.shownUpTo();
      const behind = (['incidents', 'alerts'] as const).filter((name) => (shownUpTo[name] ?? -1n) < head);
      if (behind.length > 0) return behind.map((name) => `the projection ${name} is behind the log`);
      const { faults } = await compareReadModel({
        ...{ documents: model.documents, shownUpTo, incidents, alerts, foldedUpTo, log: this.log },
      });
      return faults.first.map(lineOf);
    } finally {
      await model.close();
    }
  }

  async close(): Promise<void> {
    await this.log.close();
  }
}

const lineOf = ({ stream, revision, fault }: Fault): string => `${stream} #${revision} ${fault}`;
