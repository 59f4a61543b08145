/** Does a document match? Values are compared by their key encoding, so matcher, index and sort cannot disagree. */
import { Class, classOf, KeyWriter, nan } from '../bson/key-encoding.js';
import { Elements, Type, type Value } from '../bson/raw.js';
import { Writer } from '../bson/write.js';
import type { Comparison, Filter, Operand } from './filter.js';
import { visit, visitWhole } from './path.js';

/** Whether the document that begins at `at` matches. */
export type Matcher = (bytes: Buffer, at: number) => boolean;

const writer = new KeyWriter();

export function matcher(filter: Filter): Matcher {
  switch (filter.kind) {
    case 'and': {
      const of = filter.of.map(matcher);
      return (bytes, at) => of.every((matches) => matches(bytes, at));
    }
    case 'or': {
      const of = filter.of.map(matcher);
      return (bytes, at) => of.some((matches) => matches(bytes, at));
    }
    case 'nor': {
      const of = filter.of.map(matcher);
      return (bytes, at) => !of.some((matches) => matches(bytes, at));
    }
    case 'not': {
      const matches = matcher(filter.of);
      return (bytes, at) => !matches(bytes, at);
    }
    case 'compare': {
      const test = comparison(filter.op, filter.operand);
      return (bytes, at) => visit(bytes, at, filter.path, test);
    }
    case 'in': {
      const keys = new Set(filter.operands.map((operand) => operand.key.toString('latin1')));
      const orMissing = keys.has(String.fromCharCode(Class.null));
      const test = (value: Value | undefined) =>
        value ? keys.has(encoded(value).toString('latin1', 0, writer.length)) : orMissing;
      return (bytes, at) => visit(bytes, at, filter.path, test);
    }
    case 'exists':
      return (bytes, at) => visitWhole(bytes, at, filter.path, () => true);
    case 'size':
      return (bytes, at) =>
        visitWhole(bytes, at, filter.path, (value) => value.type === Type.array && lengthOf(value) === filter.size);
    case 'elemMatch': {
      const test = elementMatcher(filter.of, filter.object);
      return (bytes, at) =>
        visitWhole(bytes, at, filter.path, (value) => value.type === Type.array && someElement(value, test));
    }
  }
}

/** Whether one value, as an element of an array, matches; `object`: the conditions are on the fields of objects. */
export function elementMatcher(of: Filter, object: boolean): (value: Value) => boolean {
  const matches = matcher(of);
  if (object)
    return (value) => (value.type === Type.object || value.type === Type.array) && matches(value.bytes, value.start);
  return (value) => matches(alone(value), 0);
}

function someElement(array: Value, test: (value: Value) => boolean): boolean {
  const elements = new Elements(array.bytes, array.start);
  while (elements.next()) if (test(elements.value)) return true;
  return false;
}

function lengthOf(array: Value): number {
  let length = 0;
  const elements = new Elements(array.bytes, array.start);
  while (elements.next()) length++;
  return length;
}

/** `{v: value}`: the paths of conditions on an element itself begin at v. */
function alone(value: Value): Buffer {
  const document = new Writer(value.end - value.start + 16);
  const begun = document.begin();
  document.node('v', value);
  document.end(begun);
  return document.take();
}

/** Valid until the next call; `writer.length` bytes. */
function encoded(value: Value): Buffer {
  writer.reset().value(value.type, value.bytes, value.start, value.end);
  return writer.bytes;
}

export function comparison(op: Comparison, operand: Operand): (value: Value | undefined) => boolean {
  const { key } = operand;
  const type = key[0]!;
  const inclusive = op === 'eq' || op === 'gte' || op === 'lte';
  if (type === Class.null) return (value) => inclusive && (!value || value.type === Type.null);
  const acrossTypes = op !== 'eq' && (type === Class.minKey || type === Class.maxKey);
  const isNaN = key.equals(nan);
  return (value) => {
    if (!value) return acrossTypes && accepts(op, Class.null - type);
    if (acrossTypes) return accepts(op, classOf(value.type) - type);
    if (classOf(value.type) !== type) return false;
    const order = encoded(value).compare(key, 0, key.length, 0, writer.length);
    if (order === 0) return inclusive;
    return op !== 'eq' && !isNaN && accepts(op, order) && !(type === Class.number && isNaNValue(value));
  };
}

function accepts(op: Comparison, order: number): boolean {
  switch (op) {
    case 'eq':
      return order === 0;
    case 'gt':
      return order > 0;
    case 'gte':
      return order >= 0;
    case 'lt':
      return order < 0;
    case 'lte':
      return order <= 0;
  }
}

const isNaNValue = (value: Value): boolean =>
  value.type === Type.double && Number.isNaN(value.bytes.readDoubleLE(value.start));
