import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { describeEmbedded } from '../e2e/given-servers.js';
import { crashAndRepeat, uncrashed } from './crash-and-repeat.js';
import { crashPointsOf, matrixTable } from './crash-points.js';
import { crashingCommands } from './crashing-commands.js';
import { DocketPool } from './docket-pool.js';

/** All of them: `CRASH_POINTS=all npm test -- crash-matrix`. Else the one in the middle of each command. */
const isWhole = process.env.CRASH_POINTS === 'all';

describeEmbedded('a docket that dies in the middle of a command', 'it kills its stores too', () => {
  const pool = new DocketPool(4);
  afterAll(() => pool.end());

  for (const command of crashingCommands) {
    const all = crashPointsOf(command);
    const points = isWhole ? all : all.slice(all.length / 2, all.length / 2 + 1);
    it.concurrent(
      `${command.name}: keeps its promises where the docket dies at ${points.length} of ${all.length} points`,
      async () => {
        const wanted = await pool.lend((docket) => uncrashed(docket, command));
        // An append that is not in the list would be a point that is not in the matrix. Two incidents are appended to at the same time.
        expect([...wanted.appends].sort()).toEqual([...command.appends].sort());

        const broken: Record<string, readonly string[]> = {};
        await Promise.all(
          points.map((point) =>
            pool.lend(async (docket) => {
              broken[point.name] = await crashAndRepeat(docket, command, point, wanted);
            }),
          ),
        );
        expect(broken).toEqual(Object.fromEntries(points.map(({ name }) => [name, []])));
      },
      isWhole ? 1_200_000 : 300_000,
    );
  }
});

describe('the README', () => {
  it('shows the whole matrix', async () => {
    const page = await readFile(join(import.meta.dirname, 'README.md'), 'utf8');
    expect(page.replace(/ +/g, ' ').replace(/-{3,}/g, '---')).toContain(matrixTable());
  });
});
