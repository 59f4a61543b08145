import { connectEventStore, countingAppends, sharingSubscription } from '#event-store';
import type { CorrelationSettings, MetricsSource } from '#platform';
import { assemble, docketEvents } from '#process-managers';
import { Lease, ReadModel, connectMongo } from '#read-model';
import { processManagers } from './process-managers.js';
import { ProjectorMetrics } from './projector-metrics.js';
import { startProjector } from './projector.js';
import type { Projector } from './projector.js';

export interface StoreAddresses {
  readonly eventStoreUrl: string;
  readonly mongodbUrl: string;
}

export interface ProjectorSettings extends StoreAddresses {
  readonly correlation: CorrelationSettings;
  /** No other projector can be alive: MongoDB is embedded, and its folder was just locked. */
  readonly isAlone?: boolean;
}

export interface ProjectorOnStores {
  readonly projector: Projector;
  readonly metrics: MetricsSource;
  stop(): Promise<void>;
}

/** A projector with all its process managers, on connections of its own. */
export async function startProjectorOn(settings: ProjectorSettings): Promise<ProjectorOnStores> {
  const { eventStoreUrl, mongodbUrl, correlation, isAlone = false } = settings;
  const mongo = await connectMongo(mongodbUrl);
  const counted = countingAppends(connectEventStore({ url: eventStoreUrl, catalogue: docketEvents }));
  const log = sharingSubscription(counted);
  const readModel = await ReadModel.open(mongo.db);
  const assembly = assemble({ log, clock: () => new Date(), readModel });
  const processes = processManagers({ assembly, readModel, db: mongo.db, correlation, onError: say });
  const projector = await startProjector({
    log,
    readModel,
    processes,
    report: say,
    lease: new Lease(mongo.db),
    isAlone,
  });
  return {
    projector,
    metrics: new ProjectorMetrics(projector, readModel, counted.appends),
    async stop() {
      await projector.stop();
      await log.close();
      await mongo.close();
    },
  };
}

export function say(what: unknown): void {
  process.stderr.write(`docket: ${what instanceof Error ? what.message : String(what)}\n`);
}
