import { afterAll, describe, expect, it } from '@jest/globals';
import type { IncidentStatus } from '#incidents';
import { Checkpoints } from '../checkpoints.js';
import { withSearchFields } from './incident-search.js';
import { projectIncident } from '../incidents/project-incident.js';
import { queuePage } from './queue.js';
import { startTestCollections } from '../testing/mongo.js';
import { opened, Recorder } from '../testing/recorder.js';

const { collections, stop } = await startTestCollections();
afterAll(stop);

const docket = new Recorder();
docket.happened('1', opened('1'));
const first = projectIncident(undefined, docket.of('1')[0]!);

/** As many as there were, and more up to `count`. All are `vip`; of the merged ones only the first 300 are `early`, of the others all. */
async function growTo(count: number, status: IncidentStatus): Promise<void> {
  const before = await collections.incidents.countDocuments();
  const missing = count - (await collections.incidents.countDocuments({ status }));
  const tags = (number: number) => (status === 'redirected' && number > 400 ? ['vip'] : ['vip', 'early']);
  const row = (number: number) =>
    withSearchFields({ ...first, _id: String(number), number, status, customTags: tags(number) });
  const rows = Array.from({ length: missing }, (_, index) => row(before + index + 1));
  if (rows.length > 0) await collections.incidents.insertMany(rows);
}

describe('the queue of a docket in which ever more incidents are merged', () => {
  it.each([
    [100, 0, 100, true],
    [100, 300, 100, true],
    [100, 9_999, 100, true],
    [100, 10_000, 100, true],
    [100, 10_001, 100, true],
    [100, 12_000, 100, true],
    [10_000, 12_000, 10_000, true],
    [10_001, 12_000, 10_000, false],
  ])('says of %i beside %i merged ones: %i, exactly: %p', async (visible, merged, total, totalIsExact) => {
    await growTo(visible, 'active');
    await growTo(merged, 'redirected');
    for (const filter of [{}, { tag: ['vip'] }, { tag: ['early'] }])
      expect(await queuePage(collections, new Checkpoints(collections), filter)).toMatchObject({ total, totalIsExact });
  });
});
