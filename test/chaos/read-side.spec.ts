import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { describeEmbedded } from '../e2e/given-servers.js';
import { brokenPromises } from './read-side/broken-promises.js';
import { DocketInParts } from './read-side/docket-in-parts.js';
import { checkpointsSetBack, killedAmidWrites, mongoStopped, rebuilt, twoProjectors } from './read-side/faults.js';
import type { Fault } from './read-side/faults.js';
import { whatIsSeen } from './read-side/what-is-seen.js';

/** How often the projector is killed; a long run: `READ_SIDE_KILLS=50 npm test -- test/chaos/read-side`. */
const kills = Number(process.env.READ_SIDE_KILLS ?? 3);
const isLong = process.env.READ_SIDE_KILLS !== undefined;

describeEmbedded('the read side', 'its store and its projectors are killed', () => {
  let docket: DocketInParts;
  beforeAll(async () => {
    docket = await DocketInParts.start();
  }, 60_000);
  afterAll(() => docket?.end());

  const faults: readonly (readonly [string, Fault])[] = [
    [`a projector is killed ${kills} times in the middle of its writes`, killedAmidWrites(kills)],
    ['MongoDB is killed, and stopped, and started again', mongoStopped],
    ['its checkpoints are set back', checkpointsSetBack],
    ['two projectors work at once, and one of them is killed', twoProjectors({ waits: isLong })],
    ['it is rebuilt meanwhile, once killed and once to the end', rebuilt],
  ];

  it.each(faults)(
    'is the pure fold of the log, and has shown nothing else, where %s',
    async (_, befall) => {
      const sightings = await whatIsSeen(docket, befall);
      expect(await brokenPromises(docket, sightings)).toEqual([]);
      expect(sightings.filter(({ status }) => status === 200).length).toBeGreaterThan(50);
    },
    120_000 + kills * 10_000,
  );
});
