import { MalformedEvent, UnknownEventType } from './errors.js';
import type { EventMetadata, RecordedEvent } from './event.js';

/** From the data of one schema to that of the next. */
export type Upcaster = (data: never) => object;

/** The current schema of an event type, with an upcaster from each earlier one, by the schema that it reads. */
export type SchemaEntry = number | { readonly schema: number; readonly upcast: Readonly<Record<number, Upcaster>> };

/** An event as the store holds it. */
export interface StoredEvent {
  readonly id: string;
  readonly stream: string;
  readonly revision: number;
  readonly position: bigint;
  readonly type: string;
  readonly data: unknown;
  readonly metadata: unknown;
}

/** Which event types there are, and how what was once stored reads today. */
export interface EventCatalogue {
  /** The schema that new events of this type are written with. Throws UnknownEventType. */
  schemaOf(type: string): number;
  /**
   * Brings a stored event up to the current schema. Types that it does not name and schemas newer than its own are returned as they
   * are, and counted. Throws MalformedEvent.
   */
  decode(stored: StoredEvent): RecordedEvent;
  /**
   * Throws MalformedEvent where a later program wrote the event in a schema of its own: whoever decides by it must not guess at its meaning. Of types
   * that it does not name nothing is known.
   */
  assertKnown(event: RecordedEvent): void;
  /** How many events were read that this catalogue does not fully know, by `type` or, for a newer schema, `type@schema`. */
  readonly unknown: ReadonlyMap<string, number>;
}

export function catalogue(entries: Readonly<Record<string, SchemaEntry>>): EventCatalogue {
  const types = new Map(Object.entries(entries).map(([type, entry]) => [type, complete(type, entry)]));
  const unknown = new Map<string, number>();
  const count = (what: string) => unknown.set(what, (unknown.get(what) ?? 0) + 1);

  return {
    unknown,

    schemaOf(type) {
      const known = types.get(type);
      if (!known) throw new UnknownEventType(type);
      return known.schema;
    },

    assertKnown({ stream, revision, type, metadata }) {
      const known = types.get(type);
      if (known && metadata.schema > known.schema)
        throw new MalformedEvent(
          stream,
          revision,
          type,
          `has schema ${metadata.schema}, and ${known.schema} is known here: run the version that wrote it, or a later one`,
        );
    },

    decode(stored) {
      const known = types.get(stored.type);
      if (!known) {
        count(stored.type);
        return recorded(stored, objectOr(stored.data), objectOr(stored.metadata));
      }
      const data = requireObject(stored, 'data');
      const metadata = requireObject(stored, 'metadata');
      const { schema } = metadata as Partial<EventMetadata>;
      if (!Number.isInteger(schema) || schema! < 1) throw malformed(stored, 'has no schema in its metadata');
      if (schema! > known.schema) count(`${stored.type}@${schema}`);
      return recorded(stored, schema! < known.schema ? upcast(stored, data, schema!, known) : data, metadata);
    },
  };
}

interface KnownType {
  readonly schema: number;
  readonly upcast: Readonly<Record<number, Upcaster>>;
}

function complete(type: string, entry: SchemaEntry): KnownType {
  const known = typeof entry === 'number' ? { schema: entry, upcast: {} } : entry;
  if (!Number.isInteger(known.schema) || known.schema < 1)
    throw new RangeError(`${type}: a schema is an integer from 1`);
  for (let schema = 1; schema < known.schema; schema++) {
    if (!known.upcast[schema])
      throw new RangeError(`${type}: there is no upcaster from schema ${schema} to ${schema + 1}`);
  }
  return known;
}

function upcast(stored: StoredEvent, data: object, from: number, known: KnownType): object {
  let current = data;
  for (let schema = from; schema < known.schema; schema++) {
    try {
      current = known.upcast[schema]!(current as never);
    } catch (cause) {
      throw malformed(stored, `could not be brought from schema ${schema} to ${schema + 1}`, cause);
    }
  }
  return current;
}

/** `schema` in the metadata stays what was stored: it tells how old the event is. */
function recorded(stored: StoredEvent, data: object, metadata: object): RecordedEvent {
  const { id, stream, revision, position, type } = stored;
  return { type, data, id, stream, revision, position, metadata: metadata as EventMetadata };
}

function requireObject(stored: StoredEvent, part: 'data' | 'metadata'): object {
  const value = stored[part];
  if (typeof value === 'string') throw malformed(stored, `holds ${part} that is not JSON`);
  if (value === undefined) throw malformed(stored, `holds no ${part}`);
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) {
    throw malformed(stored, `holds ${part} that is not a JSON object`);
  }
  return value;
}

/** What a stranger wrote need not be an object; it is passed on under a name, never dropped. */
function objectOr(value: unknown): object {
  if (value === undefined) return {};
  return typeof value === 'object' && value !== null ? value : { value };
}

function malformed(stored: StoredEvent, what: string, cause?: unknown): MalformedEvent {
  return new MalformedEvent(stored.stream, stored.revision, stored.type, what, cause);
}
