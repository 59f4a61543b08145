import { lagBehind } from '#event-store';
import type { EventLog } from '#event-store';
import { Figures, followerHealth } from '#platform';
import type { HealthCheck, Measured, MetricsSource, PartHealth, PartsHealth } from '#platform';
import { LeaseWatch, projectionNames } from '#read-model';
import type { Lease, ReadModel } from '#read-model';

/** A projector that takes the lease over does so before this. Milliseconds. */
const patienceMs = 10_000;
const lookEveryMs = 2_000;

export interface SightingOptions {
  readonly log: EventLog;
  readonly readModel: Pick<ReadModel, 'checkpoints' | 'parked'>;
  readonly lease: Pick<Lease, 'seen'>;
  /** Milliseconds; default 10,000. */
  readonly patienceMs?: number;
}

/** What an api that runs no projector sees of the one that runs elsewhere: whether its lease beats, and how far its projections are. */
export class ProjectorSighting implements HealthCheck, MetricsSource {
  readonly name = 'projector';
  readonly #watch: LeaseWatch;
  readonly #timer: NodeJS.Timeout;

  constructor(private readonly options: SightingOptions) {
    this.#watch = new LeaseWatch(options.lease);
    // Looks also while nobody asks: only who has looked before can tell whether the beat goes up.
    const look = () => void this.#watch.look().catch(() => undefined);
    this.#timer = setInterval(look, lookEveryMs).unref();
    look();
  }

  async check(): Promise<PartsHealth> {
    const { log, readModel } = this.options;
    const parked = await readModel.parked();
    const projections = projectionNames.map(async (name) => {
      const position = await readModel.checkpoints.position(name);
      const { events: lagEvents, seconds: lagSeconds } = await lagBehind(log, position);
      const passedOver = parked.filter(({ projection }) => projection === name).length;
      const health = followerHealth({
        ...(position !== undefined && { position: String(position) }),
        lagEvents,
        lagSeconds,
        ...(passedOver > 0 && { parked: passedOver }),
      });
      return [name, health] as const;
    });
    return { projector: await this.#projector(), ...Object.fromEntries(await Promise.all(projections)) };
  }

  async measured(): Promise<Measured> {
    return new Figures().tell('docket_projector_present', (await this.#isThere()) ? 1 : 0).measured();
  }

  async #isThere(): Promise<boolean> {
    const { lease, stillMs } = await this.#watch.look();
    return lease?.holder != null && stillMs < (this.options.patienceMs ?? patienceMs);
  }

  async #projector(): Promise<PartHealth> {
    if (await this.#isThere()) return { status: 'ok', state: 'projecting' };
    return { status: 'degraded', why: 'no projector runs: queries stand still', state: 'absent' };
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
