/** The keys of a document under a pattern like `{status: 1, position: -1}`: for its index entries and for sorting. */
import { CommandError } from '../errors.js';
import { Class, encode, invert, KeyWriter, nullKey, shorten, undefinedKey } from '../bson/key-encoding.js';
import { document, Elements, field, Type, type Value } from '../bson/raw.js';
import { path, type Path } from '../query/path.js';

export interface Field {
  readonly path: Path;
  readonly descending: boolean;
}

export const fieldOf = (name: string, direction: number): Field => ({ path: path(name), descending: direction < 0 });

/** Where a field's walk stands: at a value with `part` parts of the path behind it. */
interface Place {
  readonly value: Value | undefined;
  readonly part: number;
  /** Its path went through an array; what lies at the end is not expanded again. */
  readonly element: boolean;
}

export interface Keys {
  readonly keys: Buffer[];
  /** Which fields were reached through an array. */
  readonly multikey: readonly boolean[];
  /** Some value was longer than the limit. */
  readonly shortened: boolean;
}

/**
 * One key for each combination; all arrays met must be the same one (error 171).
 * @param limit bytes that one field may take
 */
export function keysOf(bytes: Buffer, fields: readonly Field[], limit = Infinity): Keys {
  return onlyKeyOf(bytes, fields, limit) ?? manyKeysOf(bytes, fields, limit);
}

const writer = new KeyWriter();

/** Of a document that has no array at the paths, and no long value, as most have not. */
function onlyKeyOf(bytes: Buffer, fields: readonly Field[], limit: number): Keys | undefined {
  writer.reset();
  for (const { path, descending } of fields) {
    const from = writer.length;
    let value: Value | undefined = document(bytes);
    for (const part of path.parts) {
      value = value?.type === Type.object ? field(bytes, value.start, part) : undefined;
      if (value?.type === Type.array) return undefined;
    }
    if (value) writer.value(value.type, bytes, value.start, value.end);
    else writer.byte(Class.null);
    if (writer.length - from > limit) return undefined;
    if (descending) writer.invert(from);
  }
  return { keys: [writer.take()], multikey: fields.map(() => false), shortened: false };
}

function manyKeysOf(bytes: Buffer, fields: readonly Field[], limit: number): Keys {
  const found: Buffer[] = [];
  const multikey = fields.map(() => false);
  let shortened = false;

  const one = (field: Field, value: Value | undefined): Buffer => {
    const key = value ? (value === emptyArray ? undefinedKey : encode(value)) : nullKey;
    if (key.length > limit) shortened = true;
    return field.descending ? invert(shorten(key, limit)) : shorten(key, limit);
  };

  const expand = (places: Place[]): void => {
    const reached = places.map((place, i) => descend(place, fields[i]!.path));
    let array: Value | undefined;
    reached.forEach((place, i) => {
      if (place.value?.type !== Type.array || place.element) return;
      multikey[i] = true;
      if (array && array.start !== place.value.start) throw parallel(reached, fields);
      array = place.value;
    });
    if (!array) {
      const parts = fields.map((field, i) => one(field, atEnd(reached[i]!, field.path)));
      found.push(parts.length === 1 ? parts[0]! : Buffer.concat(parts));
      return;
    }
    const under = (place: Place) => place.value?.start === array!.start && !place.element;
    const step = (element: Value | undefined) =>
      expand(
        reached.map((place, i) => {
          if (!under(place)) return place;
          const last = place.part === fields[i]!.path.parts.length;
          if (last) return { value: element ?? emptyArray, part: place.part, element: true };
          return { value: element?.type === Type.object ? element : undefined, part: place.part, element: false };
        }),
      );
    const elements = new Elements(bytes, array.start);
    let empty = true;
    while (elements.next()) {
      empty = false;
      step(elements.value);
    }
    if (empty) step(undefined);
  };

  expand(
    fields.map(() => ({ value: { type: Type.object, bytes, start: 0, end: bytes.length }, part: 0, element: false })),
  );
  return { keys: found.length > 1 ? distinct(found) : found, multikey, shortened };
}

const emptyArray: Value = { type: Type.array, bytes: Buffer.alloc(0), start: -1, end: -1 };

function descend(place: Place, path: Path): Place {
  let { value, part } = place;
  while (value && value.type === Type.object && part < path.parts.length)
    value = field(value.bytes, value.start, path.parts[part++]!);
  return { value, part, element: place.element };
}

/** The value if the whole path led to it. */
const atEnd = (place: Place, path: Path): Value | undefined =>
  place.part === path.parts.length ? place.value : undefined;

function distinct(keys: Buffer[]): Buffer[] {
  keys.sort((a, b) => a.compare(b));
  return keys.filter((key, i) => i === 0 || !key.equals(keys[i - 1]!));
}

function parallel(places: readonly Place[], fields: readonly Field[]): CommandError {
  const names = fields.filter((_, i) => places[i]!.value?.type === Type.array).map((field) => `[${field.path.text}]`);
  return new CommandError('CannotIndexParallelArrays', `cannot index parallel arrays ${names.join(' ')}`);
}

/** What a document is sorted by: the least of its keys, as MongoDB sorts arrays. */
export function sortKeyOf(bytes: Buffer, fields: readonly Field[]): Buffer {
  try {
    return keysOf(bytes, fields).keys[0]!;
  } catch (error) {
    if (!(error instanceof CommandError) || error.codeName !== 'CannotIndexParallelArrays') throw error;
    throw new CommandError('BadValue', 'cannot sort with keys that are parallel arrays');
  }
}
