import { Clients } from './clients.js';
import type { Sighting } from './clients.js';
import type { DocketInParts } from './docket-in-parts.js';
import type { Fault } from './faults.js';

/** What clients see before a fault, while it is under way, and after it. They send commands all the time. */
export async function whatIsSeen(docket: DocketInParts, befall: Fault): Promise<readonly Sighting[]> {
  const clients = await Clients.begin(docket);
  try {
    await clients.see(30);
    await befall(docket);
    await clients.see(30);
  } finally {
    await clients.end();
  }
  return clients.end();
}
