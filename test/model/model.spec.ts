import { afterAll, beforeAll, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { describeEmbedded } from '../e2e/given-servers.js';
import { checkRuns } from './check-runs.js';
import { DocketUnderTest } from './docket-under-test.js';
import { Progress } from './progress.js';
import { storyOf } from './story.js';
import { aRun } from './wishes.js';

/** For a long run: `npm run test:model -- --runs 20000`. */
const isLong = process.env.MODEL_RUNS !== undefined;
const runs = Number(process.env.MODEL_RUNS ?? 400);
/** Without a number of runs, as many as there is time for. */
const timeLimit = isLong ? {} : { interruptAfterTimeLimit: 12_000 };
const seed = process.env.MODEL_SEED === undefined ? {} : { seed: Number(process.env.MODEL_SEED) };

/** Runs that take place at the same time: what comes at once the docket writes to the disk at once. */
const atOnce = 6;
const wishesOfOne = 12;

describeEmbedded('a docket that three clients work on at once', 'it is a docket of its own', () => {
  let docket: DocketUnderTest;
  beforeAll(async () => {
    docket = await DocketUnderTest.start();
  }, 60_000);
  afterAll(() => docket?.stop());

  it(
    'does what the model does, and keeps its promises at every point of its log',
    async () => {
      const progress = new Progress(runs, isLong);
      let hasFailed = false;
      const severalRuns = fc.array(aRun(wishesOfOne), { minLength: 1, maxLength: atOnce, size: 'max' });
      const property = fc.asyncProperty(severalRuns, async (several) => {
        if (progress.isDone && !hasFailed) return;
        const checked = await checkRuns(docket, several);
        hasFailed ||= checked.wrong.length > 0;
        if (checked.wrong.length > 0) throw new Error(storyOf(checked));
        progress.add(several.length, checked);
      });
      await fc.assert(property, { numRuns: runs, ...timeLimit, ...seed });
      progress.end();
      expect(progress.isDone || !isLong).toBe(true);
    },
    120_000 + runs * 2_000,
  );

  it(
    'and docket verify finds nothing in all that happened to it',
    async () => {
      expect(await docket.verify()).toBeUndefined();
    },
    60_000 + runs * 50,
  );
});
