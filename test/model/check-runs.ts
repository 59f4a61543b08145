import { verifyLog } from '#audit';
import type { Verification } from '#audit';
import type { RecordedEvent } from '#event-store';
import { docketEvents } from '#process-managers';
import { happen } from './clients.js';
import type { Happened } from './clients.js';
import type { DocketUnderTest } from './docket-under-test.js';
import { differences } from './follow-log.js';
import { brokenPromises } from './promises.js';
import { wronglySeen, wronglyShown } from './read-model.js';
import { Slice } from './slice.js';
import type { Event } from './slice.js';
import type { Run } from './wishes.js';

/** What of the log was checked, and what was wrong. */
export interface Checked {
  readonly events: number;
  readonly commands: number;
  readonly wrong: readonly string[];
  readonly slice: Slice;
  readonly happened: readonly Happened[];
}

/** How long whatever is under way may take, in milliseconds. */
const patienceMs = 8_000;

/** Lets runs happen at the same time, and checks everything that is promised of them. */
export async function checkRuns(docket: DocketUnderTest, runs: readonly Run[]): Promise<Checked> {
  const after = docket.end;
  const happened = await Promise.all(runs.map((run) => happen(run, docket.clients, docket.newName())));
  const { slice, log, end } = await docketAtRest(docket, after);
  docket.end = end;

  const sendings = happened.flatMap((each) => each.sendings);
  const wrong = [
    ...log.faults.first.map(({ stream, revision, fault }) => `${stream} ${revision} ${fault}`),
    ...happened.flatMap((each) => brokenPromises(each.sendings, slice)),
    ...differences(slice, sendings),
    ...happened.flatMap(({ looks }) => wronglySeen(looks, slice)),
    ...(await wronglyShown(docket.reader, { slice, log, end, incidentIds: some(happened) })),
  ];
  return { events: slice.events.length, commands: sendings.length, wrong, slice, happened };
}

/** Of each run one incident: the one that most happens to. */
const some = (happened: readonly Happened[]): string[] => happened.map(({ incidentIds }) => incidentIds[0]!);

/** What the runs wrote, when nothing of it is under way any more; else as it is when that takes too long. */
async function docketAtRest(
  docket: DocketUnderTest,
  after: string,
): Promise<{ slice: Slice; log: Verification; end: string }> {
  for (const until = performance.now() + patienceMs; ;) {
    const { events, end } = await docket.eventsAfter(after);
    const slice = new Slice(events as Event[]);
    const log = await verifyLog({ events: each(slice.ownStreams), catalogue: docketEvents });
    const { reports, transfers, plans } = log.underWay;
    if (reports + transfers + plans === 0) return { slice, log, end };
    if (performance.now() > until) {
      log.faults.add({ stream: '$all', revision: Number(end) }, `is not at rest: ${JSON.stringify(log.underWay)}`);
      return { slice, log, end };
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function* each(events: readonly RecordedEvent[]): AsyncGenerator<RecordedEvent> {
  yield* structuredClone(events);
}
