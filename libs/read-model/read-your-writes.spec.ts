import { afterAll, describe, expect, it } from '@jest/globals';
import { changeTags } from '#incidents';
import { ProjectionBehind } from './checkpoints.js';
import { ReadModel } from './read-model.js';
import { startTestDatabase } from './testing/mongo.js';
import { Recorder, added, opened, report, summaryOf } from './testing/recorder.js';

const { db, stop } = await startTestDatabase();
afterAll(stop);

/** Two processes of the api, and a projector in neither. */
const [here, there, projector] = [await ReadModel.open(db), await ReadModel.open(db), await ReadModel.open(db)];
await here.prepare();

const docket = new Recorder();
docket.reported(report('a'));
docket.happened('1', opened('1'), added(summaryOf('a')));
docket.decided('1', changeTags({ add: ['vip'] }));

let shown = 0;
async function show(count: number): Promise<void> {
  const batch = docket.events.slice(shown, (shown += count));
  const { projections, checkpoints } = projector.served.generation;
  for (const projection of projections) {
    await projection.apply(structuredClone(batch));
    await checkpoints.record(projection.name, batch.at(-1)!);
  }
}

type Reads = (model: ReadModel) => Promise<{ position: bigint }>;
const lists: [string, 'incidents' | 'alerts', Reads][] = [
  ['the queue', 'incidents', (model) => model.queue({})],
  ['what changed in it', 'incidents', (model) => model.queueChanges({ changedSince: 0n })],
  ['the tags', 'incidents', (model) => model.tags()],
  ['the assets of an incident', 'incidents', (model) => model.assetsOf('1')],
  ['the alerts of an incident', 'alerts', (model) => model.alertsOf('1')],
];

describe('who sends the last position that was seen', () => {
  it.each(lists)('never sees less of %s, whichever process answers', async (_, projection, read) => {
    if (shown === 0) await show(3);
    const seen = await read(here);
    expect(seen.position).toBe(BigInt(shown));
    await there.checkpoints.reached(projection, seen.position);
    const again = await read(there);
    expect(again.position).toBeGreaterThanOrEqual(seen.position);
    expect(again).toEqual(seen);
  });

  it.each(lists)('waits for %s where it is not shown yet, and no longer than it is told', async (_, projection) => {
    const next = BigInt(shown + 1);
    await expect(there.checkpoints.reached(projection, next, 30)).rejects.toThrow(ProjectionBehind);
  });

  it('is answered as soon as it is shown', async () => {
    const waiting = there.checkpoints.reached('incidents', BigInt(shown + 1));
    await show(1);
    await waiting;
    expect((await there.tags({ q: 'v' })).value).toMatchObject([{ tag: 'vip', count: 1 }]);
    expect((await there.queueChanges({ changedSince: BigInt(shown - 1) })).value).toMatchObject([{ _id: '1' }]);
  });
});
