/** Stages of an aggregation, each a function of documents to documents. */
import { CommandError, notSupported } from '../errors.js';
import { encode, nullKey } from '../bson/key-encoding.js';
import { document, entries, field, isNumber, items, stringOf, Type, type Value } from '../bson/raw.js';
import { type Node, open, openFields, valueOf, writeFields } from '../bson/write.js';
import { sortKeyOf } from '../plan/keys.js';
import { sortBy } from '../plan/query.js';
import type { Slices } from '../plan/slices.js';
import { sum } from '../update/number.js';
import { parseFilter } from './filter.js';
import { matcher } from './match.js';
import { parseProjection } from './projection.js';
import { parseSort } from './sort.js';

export type Stage = (items: Slices<Buffer>) => Slices<Buffer>;

/** MongoDB's stages that are left out; what is in neither list is unknown. */
const left = new Set(
  (
    '$addFields $set $unset $bucket $bucketAuto $changeStream $collStats $densify $documents $facet $fill $geoNear $graphLookup $indexStats ' +
    '$lookup $merge $out $planCacheStats $redact $replaceRoot $replaceWith $sample $search $setWindowFields $unionWith'
  ).split(' '),
);

export function stage(name: string, argument: Value): Stage {
  switch (name) {
    case '$match': {
      const matches = matcher(parseFilter(argument));
      return (list) => each(list, (bytes) => (matches(bytes, 0) ? [bytes] : []));
    }
    case '$sort': {
      const fields = parseSort(argument);
      return (list) =>
        sortBy(
          list,
          (bytes) => sortKeyOf(bytes, fields),
          (bytes) => bytes.length,
          Infinity,
        );
    }
    case '$project': {
      const project = parseProjection(argument);
      if (!project)
        throw new CommandError(
          'Location51272',
          'Invalid $project :: caused by :: projection specification must have at least one field',
        );
      return (list) => each(list, (bytes) => [project(bytes)]);
    }
    case '$unwind':
      return unwind(argument);
    case '$count': {
      if (argument.type !== Type.string)
        throw new CommandError('Location40156', 'the count field must be a non-empty string');
      const name = stringOf(argument);
      if (name === '') throw new CommandError('Location40156', 'the count field must be a non-empty string');
      if (name.startsWith('$')) throw new CommandError('Location40158', 'the count field cannot be a $-prefixed path');
      if (name.includes('.')) throw new CommandError('Location40160', "the count field cannot contain '.'");
      return (list) => total(list, name);
    }
    case '$group':
      return group(argument);
    case '$sortByCount': {
      const id = expression(argument);
      return (list) => sortByCount(grouped(list, id, [['count', () => summing(() => valueOf(1))]]));
    }
    default:
      if (left.has(name)) throw notSupported(`the stage ${name}`);
      throw new CommandError('Location40324', `Unrecognized pipeline stage name: '${name}'`);
  }
}

function* each(list: Slices<Buffer>, change: (bytes: Buffer) => Buffer[]): Slices<Buffer> {
  for (const item of list) {
    if (item === undefined) yield undefined;
    else yield* change(item);
  }
}

function* total(list: Slices<Buffer>, name: string): Slices<Buffer> {
  let n = 0;
  for (const item of list) {
    if (item === undefined) yield undefined;
    else n++;
  }
  if (n > 0) yield writeFields(new Map([[name, valueOf(n)]]));
}

function unwind(argument: Value): Stage {
  const path = argument.type === Type.object ? field(argument.bytes, argument.start, Buffer.from('path')) : argument;
  if (argument.type === Type.object && [...entries(argument)].length > 1) throw notSupported('options of $unwind');
  if (path?.type !== Type.string)
    throw new CommandError('Location28808', 'expected a string as the path for $unwind stage');
  const text = stringOf(path);
  if (!text.startsWith('$'))
    throw new CommandError('Location28818', `path option to $unwind stage should be prefixed with a '$': ${text}`);
  const parts = text.slice(1).split('.');
  return (list) => each(list, (bytes) => unwound(bytes, parts));
}

function unwound(bytes: Buffer, parts: readonly string[]): Buffer[] {
  const root = openFields(bytes);
  let at = root;
  for (const part of parts.slice(0, -1)) {
    const below = at.get(part);
    const opened = below && open(below);
    if (!(opened instanceof Map)) return [];
    at.set(part, opened);
    at = opened;
  }
  const name = parts.at(-1)!;
  const value = at.get(name) as Value | undefined;
  if (!value || value.type === Type.null) return [];
  if (value.type !== Type.array) return [bytes];
  return items(value).map((item) => {
    at.set(name, item);
    return writeFields(root);
  });
}

/** What an expression makes of a document; undefined is a missing field. */
type Expression = (bytes: Buffer) => Value | undefined;

/** A constant, a field path, or an object of such. */
function expression(value: Value): Expression {
  if (value.type === Type.string && stringOf(value).startsWith('$')) {
    const text = stringOf(value);
    if (text.startsWith('$$')) throw notSupported(`the variable ${text}`);
    const parts = text
      .slice(1)
      .split('.')
      .map((part) => Buffer.from(part));
    return (bytes) => at(document(bytes), parts);
  }
  if (value.type !== Type.object) return () => value;
  const fields = Array.from(entries(value), ([name, part]): [string, Expression] => {
    if (name.startsWith('$')) {
      if (name === '$literal') throw notSupported('$literal');
      throw notSupported(`the expression ${name}`);
    }
    return [name, expression(part)];
  });
  return (bytes) => {
    const made = new Map<string, Node>();
    for (const [name, part] of fields) {
      const node = part(bytes);
      if (node) made.set(name, node);
    }
    return document(writeFields(made));
  };
}

/** A field path in an expression: over an array it gives the array of what its elements have. */
function at(value: Value, parts: readonly Buffer[]): Value | undefined {
  const [first, ...rest] = parts;
  if (!first) return value;
  if (value.type === Type.object) {
    const below = field(value.bytes, value.start, first);
    return below && at(below, rest);
  }
  if (value.type !== Type.array) return undefined;
  const found = items(value).flatMap((item) => (item.type === Type.object ? (at(item, parts) ?? []) : []));
  const elements = [...entries(document(writeFields(new Map([['v', found]]))))];
  return elements[0]![1];
}

interface Accumulator {
  add(bytes: Buffer): void;
  result(): Value;
}

const summing = (of: Expression): Accumulator => {
  let result = valueOf(0);
  return {
    add: (bytes) => {
      const value = of(bytes);
      if (value && isNumber(value.type)) result = sum(result, value);
    },
    result: () => result,
  };
};

const firstOf = (of: Expression): Accumulator => {
  let result: Value | undefined;
  return { add: (bytes) => (result ??= of(bytes) ?? valueOf(null)), result: () => result! };
};

/** $min (-1) and $max (1) pass over null and missing. */
const extreme =
  (sign: number) =>
  (of: Expression): Accumulator => {
    let best: { key: Buffer; value: Value } | undefined;
    return {
      add: (bytes) => {
        const value = of(bytes);
        if (!value || value.type === Type.null) return;
        const key = encode(value);
        if (!best || key.compare(best.key) === sign) best = { key, value };
      },
      result: () => best?.value ?? valueOf(null),
    };
  };

const accumulators: Readonly<Record<string, (of: Expression) => Accumulator>> = {
  $sum: summing,
  $first: firstOf,
  $min: extreme(-1),
  $max: extreme(1),
};

type Part = [name: string, make: () => Accumulator];

function group(argument: Value): Stage {
  if (argument.type !== Type.object)
    throw new CommandError('Location15947', "a group's fields must be specified in an object");
  let id: Expression | undefined;
  const parts: Part[] = [];
  for (const [name, value] of entries(argument)) {
    if (name === '_id') {
      id = expression(value);
      continue;
    }
    if (name.includes('.')) throw new CommandError('Location40235', `The field name '${name}' cannot contain '.'`);
    const [operator, more] = value.type === Type.object ? [...entries(value)] : [];
    if (!operator) throw new CommandError('Location40234', `The field '${name}' must be an accumulator object`);
    if (more) throw new CommandError('Location40238', `The field '${name}' must specify one accumulator`);
    const make = accumulators[operator[0]];
    if (!make) throw notSupported(`the accumulator ${operator[0]}`);
    if (operator[0] === '$sum' && operator[1].type === Type.array) throw notSupported('$sum of a list');
    const of = expression(operator[1]);
    parts.push([name, () => make(of)]);
  }
  if (!id) throw new CommandError('Location15955', 'a group specification must include an _id');
  const by = id;
  return (list) => grouped(list, by, parts);
}

function* grouped(list: Slices<Buffer>, by: Expression, parts: readonly Part[]): Slices<Buffer> {
  const groups = new Map<string, { id: Value; made: Accumulator[] }>();
  for (const bytes of list) {
    if (bytes === undefined) {
      yield undefined;
      continue;
    }
    const id = by(bytes);
    const key = (id ? encode(id) : nullKey).toString('latin1');
    let found = groups.get(key);
    if (!found) groups.set(key, (found = { id: id ?? valueOf(null), made: parts.map(([, make]) => make()) }));
    for (const accumulator of found.made) accumulator.add(bytes);
  }
  for (const { id, made } of groups.values())
    yield writeFields(new Map([['_id', id], ...parts.map(([name], i): [string, Node] => [name, made[i]!.result()])]));
}

function sortByCount(list: Slices<Buffer>): Slices<Buffer> {
  const fields = parseSort(valueOf({ count: -1 }));
  return sortBy(
    list,
    (bytes) => sortKeyOf(bytes, fields),
    (bytes) => bytes.length,
    Infinity,
  );
}
