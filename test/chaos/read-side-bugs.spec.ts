import { expect, it } from '@jest/globals';
import { describeEmbedded } from '../e2e/given-servers.js';
import { patchedPrograms } from './patched-programs.js';
import { brokenPromises } from './read-side/broken-promises.js';
import { DocketInParts } from './read-side/docket-in-parts.js';
import { plantedBugs } from './read-side/planted-bugs.js';
import { whatIsSeen } from './read-side/what-is-seen.js';

/** With the long run of read-side.spec.ts, in which nothing is planted and nothing is found. */
const isLong = process.env.READ_SIDE_KILLS !== undefined;

describeEmbedded('whoever looks at the read side', 'bugs are planted into a docket with stores of its own', () => {
  for (const { name, patch, befall, broken } of plantedBugs)
    (isLong ? it : it.skip)(
      `finds that ${name}`,
      async () => {
        const { programs, remove } = await patchedPrograms([patch]);
        const docket = await DocketInParts.start(programs);
        try {
          expect((await brokenPromises(docket, await whatIsSeen(docket, befall))).join('\n')).toMatch(broken);
        } finally {
          await docket.end();
          await remove();
        }
      },
      300_000,
    );
});
