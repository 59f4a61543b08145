import { cp, readFile, realpath, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { builtPrograms, temporaryFolder } from '../e2e/processes.js';

/** A piece of compiled text, and what stands in its place. */
export interface Patch {
  /** In the folder of the programs, without its ending. */
  readonly file: string;
  /** Must be there exactly once, or the patch would rot in silence. */
  readonly from: string;
  readonly to: string;
}

/** A copy of the programs with a bug in it. */
export async function patchedPrograms(
  patches: readonly Patch[],
): Promise<{ readonly programs: string; readonly remove: () => Promise<void> }> {
  const folder = await temporaryFolder();
  const home = await realpath(folder.path); // modules are known by their real paths
  const root = join(builtPrograms, '..');
  await cp(builtPrograms, join(home, 'dist'), { recursive: true });
  await cp(join(root, 'package.json'), join(home, 'package.json'));
  await symlink(await realpath(join(root, 'node_modules')), join(home, 'node_modules'));
  for (const { file, from, to } of patches) {
    const path = join(home, 'dist', `${file}.js`);
    const parts = (await readFile(path, 'utf8')).split(from);
    if (parts.length !== 2)
      throw new Error(`This patch fits ${parts.length - 1} times into ${file}: write it anew\n${from}`);
    await writeFile(path, parts.join(to));
  }
  return { programs: join(home, 'dist'), remove: () => folder.remove() };
}
