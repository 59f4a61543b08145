import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Checkpoints, ProjectionBehind } from './checkpoints.js';
import { collectionsOf } from './collections.js';
import { startTestDatabase } from './testing/mongo.js';
import type { TestDatabase } from './testing/mongo.js';

let database: TestDatabase;
const eventAt = (position: bigint) => ({ stream: 'incident-1', revision: 0, id: `event-${position}`, position });
const ofAProcess = () => new Checkpoints(collectionsOf(database.db, 1));

beforeAll(async () => {
  database = await startTestDatabase();
});
afterAll(() => database.stop());

describe('a checkpoint', () => {
  it('is nothing before the projection began', async () => {
    expect(await ofAProcess().position('alerts')).toBeUndefined();
  });

  it('never goes back', async () => {
    const checkpoints = ofAProcess();
    await checkpoints.record('incidents', eventAt(2n ** 60n + 1n));
    await ofAProcess().record('incidents', eventAt(5n));
    expect(await checkpoints.position('incidents')).toBe(2n ** 60n + 1n);
    expect((await checkpoints.of('incidents'))?.event).toEqual(eventAt(2n ** 60n + 1n));
  });

  it('that has been reached keeps nobody waiting', async () => {
    await ofAProcess().record('alerts', eventAt(10n));
    await ofAProcess().reached('alerts', 10n);
  });

  it('releases those who wait as soon as another process records it, each at its own position', async () => {
    const [reader, projector] = [ofAProcess(), ofAProcess()];
    const released: string[] = [];
    const waiting = [20n, 30n].map((position) =>
      reader.reached('alerts', position).then(() => released.push(String(position))),
    );
    await projector.record('alerts', eventAt(20n));
    await waiting[0];
    expect(released).toEqual(['20']);
    await projector.record('alerts', eventAt(31n));
    await Promise.all(waiting);
    expect(released).toEqual(['20', '30']);
  });

  it('that is not reached in time is told with how far the projection is', async () => {
    const waiting = ofAProcess().reached('alerts', 99n, 50);
    await expect(waiting).rejects.toThrow(ProjectionBehind);
    await expect(waiting).rejects.toMatchObject({ projection: 'alerts', position: 31n, wanted: 99n });
  });
});
