import { isDeepStrictEqual } from 'node:util';
import type { Sighting } from './clients.js';
import { filters } from './filters.js';
import type { History, PastStates } from './past-states.js';

/**
 * I-7: what was shown is a state that it had; whoever sends a position is shown nothing older, and misses nothing that belonged into the
 * list from there on; what a client is shown does not go back. Gives back what does not hold, a line each.
 */
export function brokenBySightings(history: History, sightings: readonly Sighting[]): string[] {
  const broken = new Set<string>();
  const lastSeen = new Map<string, bigint>();
  for (const sighting of sightings) {
    const { client, path, token, status, body } = sighting;
    const by = `${client}, asking ${path} after ${token ?? 'nothing'},`;
    if (status !== 200) {
      // Not to know in time is allowed, to say anything else is not: what is asked for was acknowledged before.
      if (status !== 503) broken.add(`${by} is answered with ${status} ${JSON.stringify(body)}`);
      continue;
    }
    const isAlert = sighting.asked.for.startsWith('alert');
    const things = isAlert ? history.alerts : history.incidents;
    const rows: { id: string; position: string }[] = body.value ?? [body];
    const promised = larger(token, body.value && BigInt(body.position));
    for (const row of rows) {
      const { id } = row;
      const position = BigInt(row.position);
      const states = things.get(id) as PastStates<{ position: string }> | undefined;
      const wanted = states?.at(position);
      const thing = `${isAlert ? 'alert' : 'incident'} ${id} at ${position}`;
      if (!wanted) broken.add(`${by} sees ${thing}, where nothing happened to it`);
      else if (!isDeepStrictEqual(row, wanted))
        broken.add(`${by} sees ${thing} in a state that it never had: ${differing(row, wanted)}`);
      const least = states?.lastChangeUpTo(promised) ?? -1n;
      if (position < least) broken.add(`${by} sees ${thing}, older than ${least}, which is up to ${promised}`);
      const place = `${client} ${isAlert} ${id}`;
      const before = lastSeen.get(place) ?? -1n;
      if (position < before) broken.add(`${by} sees ${thing} after it has seen it at ${before}`);
      lastSeen.set(place, position);
    }
    if (body.value && body.nextCursor === null)
      for (const line of missing(history, sighting, new Set(rows.map(({ id }) => id)), promised))
        broken.add(`${by} ${line}`);
  }
  return [...broken];
}

/** What belonged into a list at the position that it reflects at least, and ever since. */
function missing({ incidents, alerts }: History, { asked }: Sighting, seen: Set<string>, promised: bigint): string[] {
  const belonging = <T extends { readonly position: string }>(
    all: ReadonlyMap<string, PastStates<T>>,
    belongs: (shown: T) => boolean,
  ) =>
    [...all].flatMap(([id, states]) => {
      const since = states.from(promised);
      return since.length > 0 && since.every(belongs) && !seen.has(id) ? [id] : [];
    });
  if (asked.for === 'queue')
    return belonging(incidents, filters[asked.filter]).map((id) => `misses incident ${id} from ${promised} on`);
  if (asked.for === 'alerts of')
    return belonging(alerts, ({ incidentId }) => incidentId === asked.incidentId).map(
      (id) => `misses alert ${id} from ${promised} on`,
    );
  return [];
}

const larger = (...positions: (bigint | undefined)[]): bigint =>
  positions.reduce<bigint>(
    (largest, position) => (position !== undefined && position > largest ? position : largest),
    -1n,
  );

/** The properties in which two things differ. */
export function differing(one: object, other: object): string {
  const [is, wanted] = [one, other] as Readonly<Record<string, unknown>>[];
  const text = (value: unknown) =>
    JSON.stringify(value, (_, part: unknown) => (typeof part === 'bigint' ? String(part) : part))?.slice(0, 200);
  return [...new Set([is, wanted].flatMap((each) => Object.keys(each!)))]
    .filter((name) => !isDeepStrictEqual(is![name], wanted![name]))
    .map((name) => `${name} is ${text(is![name])}, not ${text(wanted![name])}`)
    .join('; ');
}
