import type { EventLog } from '#event-store';
import { projectionNames, startProjection } from '#read-model';
import type { ReadModel } from '#read-model';
import type { Process } from './process.js';
import { Supervised } from './supervised.js';
import type { ProcessHealth } from './supervised.js';

export interface ProjectorOptions {
  readonly log: EventLog;
  /** Whoever waits in the same thread should share it: it is then told at once. */
  readonly readModel: ReadModel;
  /** Process managers, to run beside the projections. */
  readonly processes?: readonly Process[];
  /** Told what begins again and what has stopped. Default: standard error. */
  readonly report?: (message: string) => void;
}

export interface ProjectorHealth {
  /** Everything follows the log. */
  readonly ready: boolean;
  readonly processes: readonly ProcessHealth[];
}

/** Queries may lag behind, or alerts stay without an incident. */
export class ProjectorFailing extends Error {
  constructor(processes: readonly ProcessHealth[]) {
    const failing = processes.filter((process) => !follows(process));
    super(failing.map(({ name, state, failure }) => `${name} is ${state}${failure ? `: ${failure}` : ''}`).join('; '));
    this.name = 'ProjectorFailing';
  }
}

const follows = ({ state }: ProcessHealth): boolean => state === 'catching-up' || state === 'live';

/** Runs the projections and the process managers, each on its own: one that fails leaves the others running. */
export class Projector {
  readonly #supervised: readonly Supervised[];

  constructor(processes: readonly Process[], report: (message: string) => void) {
    this.#supervised = processes.map((process) => new Supervised(process, report));
  }

  health(): ProjectorHealth {
    const processes = this.#supervised.map((process) => process.health());
    return { ready: processes.every(follows), processes };
  }

  /** Resolves where everything follows the log; else rejects with ProjectorFailing. */
  async check(): Promise<void> {
    const { ready, processes } = this.health();
    if (!ready) throw new ProjectorFailing(processes);
  }

  /** Resolves when the batches under way are handled. */
  async stop(): Promise<void> {
    await Promise.all(this.#supervised.map((process) => process.stop()));
  }
}

/** Creates the indexes that are missing, then starts. Rejects where the read model's store cannot be reached. */
export async function startProjector({
  log,
  readModel,
  processes = [],
  report = (message) => process.stderr.write(`docket: ${message}\n`),
}: ProjectorOptions): Promise<Projector> {
  await readModel.prepare();
  const projections = projectionNames.map((name) => ({
    name,
    start: () =>
      startProjection(log, name, readModel, { report, onError: (error) => report(`${name}: ${messageOf(error)}`) }),
  }));
  return new Projector([...projections, ...processes], report);
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
