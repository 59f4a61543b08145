import { catalogue } from '#event-store';
import type { RecordedEvent } from '#event-store';
import { schemas } from '#incidents';
import { verifyLog } from '../verify/verify-log.js';
import type { Verification } from '../verify/verify-log.js';

async function* each(events: readonly RecordedEvent[]): AsyncGenerator<RecordedEvent> {
  yield* structuredClone(events);
}

export const verified = (events: readonly RecordedEvent[]): Promise<Verification> =>
  verifyLog({ events: each(events), catalogue: catalogue(schemas) });

/** Each as `<stream> <revision> <fault>`. */
export const faultsOf = async (events: readonly RecordedEvent[]): Promise<string[]> =>
  (await verified(events)).faults.first.map(({ stream, revision, fault }) => `${stream} ${revision} ${fault}`);
