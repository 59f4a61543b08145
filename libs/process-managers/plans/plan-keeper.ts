import { follow, isUnreadable } from '#event-store';
import type { EventLog, Following, RecordedEvent } from '#event-store';
import type { DocketEvent } from '#incidents';
import type { Bookmark } from '../bookmark.js';
import type { ImportIncidents } from './import-incidents.js';
import type { MergeIncidents } from './merge-incidents.js';
import type { MoveAlerts } from './move-alerts.js';
import type { OpenIncidents } from './open-incidents.js';
import type { Plan, PlanLog } from './plan-log.js';
import { commandOf } from './plan-log.js';

export interface PlanKeeperOptions {
  readonly log: EventLog;
  readonly bookmark: Bookmark;
  readonly plans: PlanLog;
  readonly openIncidents: OpenIncidents;
  readonly importIncidents: ImportIncidents;
  readonly moveAlerts: MoveAlerts;
  readonly mergeIncidents: MergeIncidents;
  readonly clock: () => Date;
  readonly onError: (error: unknown) => void;
  /** How long a plan is left to the command that made it, in milliseconds. Default 2,000. */
  readonly graceMs?: number;
}

/** Carries out the plans that were left behind: whoever made them crashed, or could not reach the store. */
export class PlanKeeper {
  readonly name = 'plans';
  private readonly open = new Map<string, RecordedEvent<Plan>>();
  /** What was said last of a plan that cannot be carried out: it is tried again and again, and told once. */
  private readonly complaints = new Map<string, string>();
  private following: Following | undefined;
  private remembered: bigint | undefined;
  private sweeping: Promise<void> = Promise.resolve();

  constructor(private readonly options: PlanKeeperOptions) {}

  async start(): Promise<Following> {
    const { log, bookmark } = this.options;
    this.open.clear();
    const following = follow(log, {
      name: this.name,
      after: await bookmark.load(),
      handle: async (batch) => this.take(batch),
    });
    this.following = following;
    let busy = false;
    const timer = setInterval(() => {
      if (busy) return;
      busy = true;
      this.sweeping = this.sweep().finally(() => (busy = false));
    }, this.graceMs / 2);
    void following.done.then(() => clearInterval(timer));
    return following;
  }

  async stop(): Promise<void> {
    await this.following?.stop();
    await this.sweeping;
  }

  private get graceMs(): number {
    return this.options.graceMs ?? 2_000;
  }

  private take(batch: readonly RecordedEvent[]): void {
    for (const recorded of batch) {
      const event = recorded as RecordedEvent<DocketEvent>;
      if (isUnreadable(recorded) && planned.has(recorded.data.type))
        this.options.onError(new Error(`A plan is passed over: ${recorded.data.why}`));
      if (isPlan(event)) this.open.set(event.stream, event);
      if (event.type === 'PlanCarriedOut') this.forget(event.stream);
    }
  }

  private forget(stream: string): void {
    this.open.delete(stream);
    this.complaints.delete(stream);
  }

  private async sweep(): Promise<void> {
    if (this.following?.state !== 'live') return;
    await this.remember();
    const due = this.options.clock().getTime() - this.graceMs;
    for (const plan of [...this.open.values()].filter(({ metadata }) => Date.parse(metadata.at) <= due)) {
      // What fails now is tried again at the next sweep: the plan stays open until its PlanCarriedOut is seen.
      await this.carryOut(plan).catch((error: unknown) => this.complain(plan, error));
    }
  }

  private complain({ stream }: RecordedEvent<Plan>, error: unknown): void {
    const message = String(error);
    if (this.complaints.get(stream) === message) return;
    this.complaints.set(stream, message);
    this.options.onError(error);
  }

  /** Whoever starts again must see every plan that is still open. */
  private async remember(): Promise<void> {
    const [oldest] = this.open.values();
    const position = oldest ? oldest.position - 1n : this.following?.position;
    if (position === undefined || position === this.remembered) return;
    await this.options.bookmark.save(position).then(() => (this.remembered = position), this.options.onError);
  }

  private async carryOut(plan: RecordedEvent<Plan>): Promise<void> {
    const standing = await this.options.plans.find({ id: commandOf(plan).id });
    if (!standing || standing.answer) return;
    const { openIncidents, importIncidents, moveAlerts, mergeIncidents } = this.options;
    const carriedOutBy = {
      OpenPlanned: openIncidents,
      ImportPlanned: importIncidents,
      MovePlanned: moveAlerts,
      MergePlanned: mergeIncidents,
    };
    await carriedOutBy[plan.type].carryOut(standing);
  }
}

const planned: ReadonlySet<string> = new Set<Plan['type']>([
  'OpenPlanned',
  'ImportPlanned',
  'MovePlanned',
  'MergePlanned',
]);
const isPlan = (event: RecordedEvent<DocketEvent>): event is RecordedEvent<Plan> => planned.has(event.type);
