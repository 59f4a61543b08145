import { readApart } from './reading-process.js';
import type { Verification } from './storage/verify.js';

/** Reads every event in the folder and all that leads to them. Rejects where there is no store in the folder, or one is running. */
export async function verifyEmbeddedEventStore(folder: string): Promise<Verification> {
  const said = await readApart<Verification>('verify-process.js', folder);
  if ('failure' in said) throw new Error(said.failure);
  return 'answer' in said ? said.answer : { events: 0, streams: 0, problems: [`The file is damaged. ${said.ended}`] };
}
