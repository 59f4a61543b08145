import type { EventLog } from '#event-store';
import type { HealthCheck, PartHealth, PartsHealth } from '#platform';
import { Caretaker, projectionNames, startProjection } from '#read-model';
import type { Lease, ReadModel } from '#read-model';
import { LeaseKeeper } from './lease-keeper.js';
import type { Work } from './lease-keeper.js';
import type { Process } from './process.js';
import { Supervised } from './supervised.js';

export interface ProjectorOptions {
  readonly log: EventLog;
  /** Whoever waits in the same thread should share it: it is then told at once. */
  readonly readModel: ReadModel;
  /** Process managers, to run beside the projections. */
  readonly processes?: readonly Process[];
  /** Told what begins again and what has stopped. Default: standard error. */
  readonly report?: (message: string) => void;
  /** It projects while it holds this, and stands by while somebody else does; left out: it projects, whoever else does. */
  readonly lease?: Lease;
  /** Nobody else can be alive who has the lease: it is taken without waiting. */
  readonly isAlone?: boolean;
}

/** Runs the projections and the process managers, each on its own: one that fails leaves the others running. */
export class Projector implements HealthCheck {
  readonly name = 'projector';
  readonly #keeper: LeaseKeeper | undefined;
  readonly #work: Work;
  #supervised: readonly Supervised[] = [];
  #caretaker: Caretaker | undefined;

  constructor(
    processes: readonly Process[],
    private readonly readModel: Pick<ReadModel, 'parked' | 'served'>,
    {
      lease,
      isAlone = false,
      report,
    }: Pick<ProjectorOptions, 'lease' | 'isAlone'> & Required<Pick<ProjectorOptions, 'report'>>,
  ) {
    this.#work = {
      begin: () => {
        this.#supervised = processes.map((process) => new Supervised(process, report));
        this.#caretaker = new Caretaker(readModel.served, (error) => report(`generations: ${messageOf(error)}`));
      },
      end: async () => {
        await Promise.all([this.#caretaker?.stop(), ...this.#supervised.map((process) => process.stop())]);
        this.#supervised = [];
      },
    };
    if (lease) this.#keeper = new LeaseKeeper({ lease, work: this.#work, report, isAlone });
    else this.#work.begin();
  }

  /** Whether it is at work, or stands by. */
  get isProjecting(): boolean {
    return this.#keeper?.isHolding ?? true;
  }

  /** None while it stands by. */
  get running(): readonly Supervised[] {
    return this.#supervised;
  }

  /** The projector as a whole, and each process that it runs; while it stands by it runs none. */
  async check(): Promise<PartsHealth> {
    const parked = await this.readModel.parked();
    const parkedBy = (name: string) => parked.filter(({ projection }) => projection === name).length;
    const parts = this.#supervised.map(async (process) => [process.name, await process.health(parkedBy(process.name))]);
    return { projector: this.#health(), ...(Object.fromEntries(await Promise.all(parts)) as PartsHealth) };
  }

  /** Resolves when the batches under way are handled. */
  async stop(): Promise<void> {
    await (this.#keeper?.stop() ?? this.#work.end());
  }

  #health(): PartHealth {
    const trouble = this.#keeper?.trouble;
    const state = this.isProjecting ? 'projecting' : 'standing-by';
    return trouble ? { status: 'failing', why: trouble.name, state } : { status: 'ok', state };
  }
}

/** Creates the indexes that are missing, then starts. Rejects where the read model's store cannot be reached. */
export async function startProjector({
  log,
  readModel,
  processes = [],
  report = (message) => process.stderr.write(`docket: ${message}\n`),
  ...leasing
}: ProjectorOptions): Promise<Projector> {
  await readModel.prepare();
  const projections = projectionNames.map((name) => ({
    name,
    start: () =>
      startProjection(log, name, readModel, { report, onError: (error) => report(`${name}: ${messageOf(error)}`) }),
  }));
  return new Projector([...projections, ...processes], readModel, { ...leasing, report });
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
