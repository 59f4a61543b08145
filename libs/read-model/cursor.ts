import { createHash } from 'node:crypto';

/** A cursor that is damaged, or that belongs to another query: 400. */
export class InvalidCursor extends Error {
  readonly code = 'invalid-cursor';

  constructor() {
    super('The cursor does not belong to this query: use nextCursor with the filters and the sort that it came with');
    this.name = 'InvalidCursor';
  }
}

/** Characters of the longest: of a place with a name in which every character is a control character. */
export const mostCursor = 4_000;

/** `query`: everything that decides which rows there are and in which order. `place`: plain JSON. */
export function sealCursor(query: object, place: object): string {
  return Buffer.from(JSON.stringify([fingerprint(query), place])).toString('base64url');
}

/** The place that was sealed for the same query. Throws InvalidCursor. */
export function openCursor<Place>(query: object, cursor: string, isPlace: (place: unknown) => place is Place): Place {
  const [sealedFor, place] = parse(cursor);
  if (sealedFor !== fingerprint(query) || !isPlace(place)) throw new InvalidCursor();
  return place;
}

function parse(cursor: string): readonly unknown[] {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    return Array.isArray(parsed) ? parsed : [];
  } catch {
    return [];
  }
}

/** Property names in order, so that the same query written otherwise is the same. */
function fingerprint(query: object): string {
  const ordered = Object.entries(query)
    .filter(([, value]) => value !== undefined)
    .sort(([one], [other]) => (one < other ? -1 : 1));
  return createHash('sha256').update(JSON.stringify(ordered)).digest('base64url').slice(0, 12);
}
