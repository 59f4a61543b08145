import type { Db } from 'mongodb';
import { Correlator, PlanKeeper, ReportUpdates } from '#process-managers';
import type { Assembly, Bookmark } from '#process-managers';
import type { ReadModel } from '#read-model';
import type { Process } from './process.js';

/** How long the correlator waits at its start for the read model to have seen the log; after that it begins again. */
const patienceMs = 30_000;

export interface ProcessManagerOptions {
  readonly assembly: Assembly;
  readonly readModel: ReadModel;
  readonly db: Db;
  readonly onError: (error: unknown) => void;
}

/** What acts on its own where something happened: routes alerts, finishes plans, carries updates of reports on. */
export function processManagers({ assembly, readModel, db, onError }: ProcessManagerOptions): Process[] {
  const index = {
    candidates: readModel.candidates.bind(readModel),
    reached: (position: bigint) => readModel.checkpoints.reached('incidents', position, patienceMs),
  };
  return [
    new Correlator({ ...assembly, index }),
    new PlanKeeper({ ...assembly, bookmark: bookmark(db, 'plans'), onError }),
    new ReportUpdates(assembly.log, bookmark(db, 'report-updates'), assembly.intake),
  ];
}

function bookmark(db: Db, name: string): Bookmark {
  const bookmarks = db.collection<{ _id: string; position: bigint }>('bookmarks', { useBigInt64: true });
  return {
    load: async () => (await bookmarks.findOne({ _id: name }))?.position,
    save: async (position) => {
      await bookmarks.updateOne({ _id: name }, { $set: { position } }, { upsert: true });
    },
  };
}
