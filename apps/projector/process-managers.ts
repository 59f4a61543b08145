import type { Db } from 'mongodb';
import type { CorrelationSettings } from '#platform';
import { Correlator, PlanKeeper, ReportUpdates } from '#process-managers';
import type { Assembly, Bookmark } from '#process-managers';
import { assertMadeFrom } from '#read-model';
import type { ReadModel } from '#read-model';
import type { Process } from './process.js';

/** How long the correlator waits at its start for the read model to have seen the log; after that it begins again. */
const patienceMs = 30_000;

export interface ProcessManagerOptions {
  readonly assembly: Assembly;
  readonly readModel: ReadModel;
  readonly db: Db;
  readonly correlation: CorrelationSettings;
  readonly onError: (error: unknown) => void;
}

/** What acts on its own where something happened: routes alerts, finishes plans, carries updates of reports on. */
export function processManagers({ assembly, readModel, db, correlation, onError }: ProcessManagerOptions): Process[] {
  const { windowHours, ...rules } = correlation;
  const known = {
    changedSince: readModel.recentIncidents.bind(readModel),
    reached: async (position: bigint) => {
      await assertMadeFrom(assembly.log, 'incidents', await readModel.checkpoints.of('incidents'));
      await readModel.checkpoints.reached('incidents', position, patienceMs);
    },
  };
  return [
    new Correlator({ ...assembly, known, windowMs: windowHours * 3_600_000, rules, onError }),
    new PlanKeeper({ ...assembly, bookmark: bookmark(db, 'plans'), onError }),
    new ReportUpdates(assembly.log, bookmark(db, 'report-updates'), assembly.intake, onError),
  ];
}

/**
 * In the database of the read model, and gone when that is deleted because it belongs to another log. Until then the projections stand
 * still, and a plan that is missed is found when they go on.
 */
function bookmark(db: Db, name: string): Bookmark {
  const bookmarks = db.collection<{ _id: string; position: bigint }>('bookmarks', { useBigInt64: true });
  return {
    load: async () => (await bookmarks.findOne({ _id: name }))?.position,
    save: async (position) => {
      await bookmarks.updateOne({ _id: name }, { $set: { position } }, { upsert: true });
    },
  };
}
