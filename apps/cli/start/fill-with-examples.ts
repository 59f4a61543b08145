import { access, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Settings } from '#platform';
import { loadExamples } from './examples.js';

export type Loaded = { readonly incidents: number; readonly alerts: number };

/**
 * Fills a data folder that is new with the bundled examples. A file marks the folder until all are loaded, so that a start that was
 * interrupted goes on at the next one. Stores of somebody's own are left alone.
 */
export async function fillWithExamples(
  { dataFolder, examples, eventStoreUrl }: Settings,
  docket: { readonly api: string; readonly tokenFor: (name: string) => Promise<string>; readonly isNew: boolean },
): Promise<Loaded | undefined> {
  if (!examples || eventStoreUrl !== undefined) return undefined;
  const mark = join(dataFolder, 'examples.loading');
  if (docket.isNew) await writeFile(mark, 'The bundled examples are being loaded; `docket start` goes on with it.\n');
  else if (!(await isThere(mark))) return undefined;
  console.error('docket: loading the examples …');
  const loaded = await loadExamples(docket);
  await rm(mark);
  return loaded;
}

const isThere = (file: string) =>
  access(file).then(
    () => true,
    () => false,
  );
