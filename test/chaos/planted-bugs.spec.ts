import { expect, it } from '@jest/globals';
import { describeEmbedded } from '../e2e/given-servers.js';
import { MortalDocket } from './mortal-docket.js';
import { patchedPrograms } from './patched-programs.js';
import { plantedBugs } from './planted-bugs.js';

/** All of them: `PLANTED=all npm test -- planted-bugs`. Else every fifth. */
const planted = process.env.PLANTED === 'all' ? plantedBugs : plantedBugs.filter((_, nth) => nth % 5 === 0);

describeEmbedded('whoever looks for broken promises', 'bugs are planted into a docket with stores of its own', () => {
  for (const { name, patches, find, broken } of planted)
    it.concurrent(
      `finds that ${name}`,
      async () => {
        const { programs, remove } = await patchedPrograms(patches);
        const docket = await MortalDocket.begin(programs);
        try {
          expect((await find(docket)).join('\n')).toMatch(broken);
        } finally {
          await docket.end();
          await remove();
        }
      },
      300_000,
    );

  it.concurrent(
    'finds nothing where nothing is planted',
    async () => {
      const docket = await MortalDocket.begin();
      try {
        for (const { name, find } of plantedBugs)
          expect({ name, broken: await find(docket) }).toEqual({ name, broken: [] });
      } finally {
        await docket.end();
      }
    },
    300_000,
  );
});
