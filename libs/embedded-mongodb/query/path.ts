/** Dotted paths, and how MongoDB walks them through arrays. */
import { CommandError, notSupported } from '../errors.js';
import { Elements, field, Type, type Value } from '../bson/raw.js';

export interface Path {
  readonly text: string;
  /** The field of the document where it begins. */
  readonly head: string;
  readonly parts: readonly Buffer[];
  /** An array at its end is one value, whose elements are not looked at. */
  readonly whole?: true;
}

const known = new Map<string, Path>();

export function path(text: string): Path {
  let found = known.get(text);
  if (found) return found;
  const parts = text.split('.');
  if (parts.some((part) => part === '')) throw new CommandError('BadValue', `the path '${text}' has an empty part`);
  if (parts.slice(1).some((part) => /^\d+$/.test(part)))
    throw notSupported(`positions of an array in a path ('${text}')`);
  found = { text, head: parts[0]!, parts: parts.map((part) => Buffer.from(part)) };
  if (known.size < 10_000) known.set(text, found);
  return found;
}

export type Visit = (value: Value | undefined, whole: boolean) => boolean;

/**
 * Calls `visit` with each value at the path until it answers true: every element of an array, then the array itself;
 * undefined where a document on the way has no such field.
 * `whole` tells an array that comes after its elements.
 */
export function visit(bytes: Buffer, at: number, path: Path, visit: Visit): boolean {
  return walk(bytes, at, path, 0, visit);
}

function walk(bytes: Buffer, at: number, path: Path, from: number, visit: Visit): boolean {
  let start = at;
  for (let part = from; ; part++) {
    const value = field(bytes, start, path.parts[part]!);
    if (!value) return visit(undefined, false);
    const last = part === path.parts.length - 1;
    if (value.type === Type.array && !(last && path.whole)) {
      const elements = new Elements(bytes, value.start);
      while (elements.next()) {
        if (last) {
          if (visit(elements.value, false)) return true;
        } else if (elements.type === Type.object && walk(bytes, elements.start, path, part + 1, visit)) return true;
      }
      return last && visit(value, true);
    }
    if (last) return visit(value, false);
    if (value.type !== Type.object) return visit(undefined, false);
    start = value.start;
  }
}

/** Like `visit`, but an array at the end of the path is one value: for $size, $elemMatch and $exists. */
export function visitWhole(bytes: Buffer, at: number, path: Path, visit: (value: Value) => boolean, from = 0): boolean {
  const value = field(bytes, at, path.parts[from]!);
  if (!value) return false;
  if (from === path.parts.length - 1) return visit(value);
  if (value.type === Type.object) return visitWhole(bytes, value.start, path, visit, from + 1);
  if (value.type !== Type.array) return false;
  const elements = new Elements(bytes, value.start);
  while (elements.next())
    if (elements.type === Type.object && visitWhole(bytes, elements.start, path, visit, from + 1)) return true;
  return false;
}
