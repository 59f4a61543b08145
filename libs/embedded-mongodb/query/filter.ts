/** A filter as a tree: parsed once, read by the matcher and by the planner. */
import { CommandError, notSupported } from '../errors.js';
import { encode } from '../bson/key-encoding.js';
import { entries, isNumber, items, numberOf, Type, typeName, truthy, type Value } from '../bson/raw.js';
import { path, type Path } from './path.js';

export type Comparison = 'eq' | 'gt' | 'gte' | 'lt' | 'lte';

export type Filter =
  | { readonly kind: 'and' | 'or' | 'nor'; readonly of: readonly Filter[] }
  | { readonly kind: 'not'; readonly of: Filter }
  | { readonly kind: 'compare'; readonly path: Path; readonly op: Comparison; readonly operand: Operand }
  | { readonly kind: 'in'; readonly path: Path; readonly operands: readonly Operand[] }
  | { readonly kind: 'exists'; readonly path: Path }
  | { readonly kind: 'size'; readonly path: Path; readonly size: number }
  /** `object`: the conditions are a filter on elements that are objects; else each element is compared itself. */
  | { readonly kind: 'elemMatch'; readonly path: Path; readonly object: boolean; readonly of: Filter };

export interface Operand {
  readonly value: Value;
  readonly key: Buffer;
}

const left = new Set(
  (
    '$regex $options $expr $where $text $mod $type $jsonSchema $geoWithin $geoIntersects $near $nearSphere $within ' +
    '$bitsAllSet $bitsAllClear $bitsAnySet $bitsAnyClear $comment $sampleRate $rand'
  ).split(' '),
);
const unknown = (name: string): CommandError =>
  left.has(name) ? notSupported(name) : new CommandError('BadValue', `unknown operator: ${name}`);

/** Elements of an array are compared by giving them this name. */
export const itself = path('v');
/** Unlike $pull, $elemMatch does not look into an element that is an array itself. */
const element: Path = { ...itself, whole: true };

export function operand(value: Value): Operand {
  if (value.type === Type.regex) throw notSupported('regular expressions in filters');
  return { value, key: encode(value) };
}

export function parseFilter(filter: Value): Filter {
  if (filter.type !== Type.object)
    throw new CommandError('BadValue', 'the match filter must be an expression in an object');
  const all: Filter[] = [];
  for (const [name, value] of entries(filter)) {
    if (name === '$and' || name === '$or' || name === '$nor') all.push(parseList(name, value));
    else if (name === '$comment') continue;
    else if (name.startsWith('$'))
      throw left.has(name) ? notSupported(name) : new CommandError('BadValue', `unknown top level operator: ${name}`);
    else if (isOperators(value)) all.push(...parseOperators(path(name), value));
    else all.push({ kind: 'compare', path: path(name), op: 'eq', operand: operand(value) });
  }
  return all.length === 1 ? all[0]! : { kind: 'and', of: all };
}

function parseList(name: '$and' | '$or' | '$nor', value: Value): Filter {
  if (value.type !== Type.array) throw new CommandError('BadValue', `${name} must be an array`);
  const of = items(value).map((item) => {
    if (item.type !== Type.object) throw new CommandError('BadValue', '$or/$and/$nor entries need to be full objects');
    return parseFilter(item);
  });
  if (of.length === 0) throw new CommandError('BadValue', '$and/$or/$nor must be a nonempty array');
  return { kind: name.slice(1) as 'and' | 'or' | 'nor', of };
}

/** `{$gt: 1}` holds operators; `{a: 1}` and `{}` are values. */
export function isOperators(value: Value): boolean {
  if (value.type !== Type.object) return false;
  for (const [name] of entries(value)) {
    if (name === '$ref' || name === '$id' || name === '$db') return false;
    return name.startsWith('$');
  }
  return false;
}

export function parseOperators(at: Path, value: Value): Filter[] {
  return Array.from(entries(value), ([name, argument]) => parseOperator(at, name, argument));
}

const all = (of: Filter[]): Filter => (of.length === 1 ? of[0]! : { kind: 'and', of });

function parseOperator(at: Path, name: string, argument: Value): Filter {
  switch (name) {
    case '$eq':
    case '$gt':
    case '$gte':
    case '$lt':
    case '$lte':
      return { kind: 'compare', path: at, op: name.slice(1) as Comparison, operand: operand(argument) };
    case '$ne':
      return { kind: 'not', of: { kind: 'compare', path: at, op: 'eq', operand: operand(argument) } };
    case '$in':
      return parseIn(at, name, argument);
    case '$nin':
      return { kind: 'not', of: parseIn(at, name, argument) };
    case '$exists':
      return truthy(argument) ? { kind: 'exists', path: at } : { kind: 'not', of: { kind: 'exists', path: at } };
    case '$not':
      if (argument.type === Type.regex) throw notSupported('regular expressions in filters');
      if (argument.type !== Type.object) throw new CommandError('BadValue', '$not needs a regex or a document');
      if (argument.bytes.readInt32LE(argument.start) === 5) throw new CommandError('BadValue', '$not cannot be empty');
      return { kind: 'not', of: all(parseOperators(at, argument)) };
    case '$size':
      return { kind: 'size', path: at, size: parseSize(argument) };
    case '$all': {
      if (argument.type !== Type.array) throw new CommandError('BadValue', '$all needs an array');
      const operands = items(argument);
      if (operands.some(isOperators)) throw notSupported('operators within $all');
      if (operands.length === 0) return { kind: 'or', of: [] };
      return all(operands.map((item) => ({ kind: 'compare', path: at, op: 'eq', operand: operand(item) })));
    }
    case '$elemMatch': {
      if (argument.type !== Type.object) throw new CommandError('BadValue', '$elemMatch needs an Object');
      const first = [...entries(argument)][0]?.[0];
      const object = !first?.startsWith('$') || ['$and', '$or', '$nor'].includes(first);
      const of = object ? parseFilter(argument) : all(parseOperators(element, argument));
      return { kind: 'elemMatch', path: at, object, of };
    }
    default:
      throw unknown(name);
  }
}

function parseIn(at: Path, name: string, argument: Value): Filter {
  if (argument.type !== Type.array) throw new CommandError('BadValue', `${name} needs an array`);
  const operands = items(argument).map((item) => {
    if (isOperators(item)) throw new CommandError('BadValue', `cannot nest $ under ${name}`);
    return operand(item);
  });
  operands.sort((a, b) => Buffer.compare(a.key, b.key));
  const distinct = operands.filter((item, i) => i === 0 || !item.key.equals(operands[i - 1]!.key));
  return { kind: 'in', path: at, operands: distinct };
}

function parseSize(argument: Value): number {
  if (!isNumber(argument.type))
    throw new CommandError(
      'BadValue',
      `Failed to parse $size. Expected a number in: $size: ${typeName[argument.type]}`,
    );
  const size = numberOf(argument);
  if (!Number.isInteger(size))
    throw new CommandError('BadValue', `Failed to parse $size. Expected an integer: $size: ${size}`);
  if (size < 0)
    throw new CommandError('BadValue', `Failed to parse $size. Expected a non-negative number in: $size: ${size}`);
  return size;
}

/** The conditions that all must hold: nested $and is flattened. */
export function conjuncts(filter: Filter): Filter[] {
  return filter.kind === 'and' ? filter.of.flatMap(conjuncts) : [filter];
}

/** The fields that an equality gives to a document that is inserted by an upsert. */
export function* equalities(filter: Filter): Generator<[path: Path, value: Value]> {
  for (const part of conjuncts(filter)) {
    if (part.kind === 'compare' && part.op === 'eq') yield [part.path, part.operand.value];
    else if (part.kind === 'in' && part.operands.length === 1) yield [part.path, part.operands[0]!.value];
    else if (part.kind === 'or' && part.of.length === 1) yield* equalities(part.of[0]!);
  }
}
