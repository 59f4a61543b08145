import { setTimeout as sleep } from 'node:timers/promises';
import type { RecordedEvent } from '#event-store';
import { Served, projectionNames } from '#read-model';
import { notAsFolded } from './as-folded.js';
import type { Sighting } from './clients.js';
import type { DocketInParts } from './docket-in-parts.js';
import { brokenBySightings } from './judged.js';
import { History } from './past-states.js';

/** How long the projections have to show all, once nobody sends commands any more and nothing is broken. */
const patienceMs = 20_000;

/** What the read side promises and does not keep, a line each, at most twenty. To be asked when nobody sends commands any more. */
export async function brokenPromises(docket: DocketInParts, sightings: readonly Sighting[]): Promise<string[]> {
  const behind = await behindTheLog(docket);
  const events: RecordedEvent[] = [];
  for await (const event of docket.log.readAll()) events.push(event);
  const broken = [
    ...behind,
    ...(behind.length > 0 ? [] : await notAsFolded(docket, events)),
    ...brokenBySightings(new History(events), sightings),
  ];
  return broken.slice(0, 20);
}

/** Process managers may still be at work: only when a whole look finds nothing new, all is quiet. */
async function behindTheLog({ log, db }: DocketInParts): Promise<string[]> {
  const served = await Served.open(db);
  const until = performance.now() + patienceMs;
  for (let quiet: bigint | undefined; ;) {
    const head = (await log.head()) ?? 0n;
    const behind: string[] = [];
    await served.look();
    for (const name of projectionNames) {
      const position = await served.generation.checkpoints.position(name);
      if ((position ?? -1n) < head) behind.push(`the projection ${name} is at ${position}, and the log at ${head}`);
    }
    if (behind.length === 0 && quiet === head) return [];
    quiet = behind.length === 0 ? head : undefined;
    if (performance.now() > until) return behind.length > 0 ? behind : ['the log does not come to rest'];
    await sleep(quiet === undefined ? 20 : 300);
  }
}
