import { open } from 'node:fs/promises';

/** The name of a file is on the disk when its folder is. Not every system can flush a folder; there the name is a moment later. */
export async function flushFolder(folder: string): Promise<void> {
  const handle = await open(folder).catch(() => undefined);
  await handle?.sync().catch(() => undefined);
  await handle?.close();
}
