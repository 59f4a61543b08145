/** An update as it was parsed: a replacement, or operators in the order in which MongoDB applies them. */
import { ObjectId } from 'bson';
import { CommandError, notSupported } from '../errors.js';
import { encode } from '../bson/key-encoding.js';
import { bytesOf, Elements, entries, field, isNumber, items, type Value, Type, typeName } from '../bson/raw.js';
import { closed, type Fields, type Node, open, openFields, valueOf, writeFields } from '../bson/write.js';
import { equalities, type Filter, isOperators, itself, parseFilter, parseOperators } from '../query/filter.js';
import { elementMatcher } from '../query/match.js';
import { readable } from '../bson/readable.js';
import { sum } from './number.js';

/** MongoDB's limit of a document, in bytes. */
export const LARGEST_DOCUMENT = 16 * 1024 * 1024;
const ID = Buffer.from('_id');

/** What stands at a path before and after; undefined is no field. The context is for messages. */
type Change = (now: Node | undefined, at: { name: string; id: () => string }) => Node | undefined;

interface Step {
  readonly parts: readonly string[];
  readonly change: Change;
  readonly onlyOnInsert: boolean;
  /** It removes, so it makes no path that is not there. */
  readonly removes: boolean;
}

export type Update =
  { readonly kind: 'replace'; readonly document: Buffer } | { readonly kind: 'steps'; readonly steps: readonly Step[] };

export function parseUpdate(update: Value): Update {
  if (update.type === Type.array) throw notSupported('updates that are aggregation pipelines');
  if (update.type !== Type.object)
    throw new CommandError('FailedToParse', 'Update argument must be either an object or an array');
  if (!beginsWithOperator(update)) {
    refuseOperatorsIn(update);
    return { kind: 'replace', document: bytesOf(update) };
  }
  const steps = [...entries(update)].flatMap(([operator, fields]) => parseOperator(operator, fields));
  steps.sort((a, b) => comparePaths(a.parts, b.parts));
  for (const [i, { parts }] of steps.entries()) {
    const before = steps[i - 1];
    if (before && before.parts.every((part, j) => part === parts[j]))
      throw new CommandError(
        'ConflictingUpdateOperators',
        `Updating the path '${parts.join('.')}' would create a conflict at '${before.parts.join('.')}'`,
      );
  }
  return { kind: 'steps', steps };
}

const DOLLAR = 0x24;

function beginsWithOperator({ bytes, start }: Value): boolean {
  const elements = new Elements(bytes, start);
  return elements.next() && bytes[elements.nameStart] === DOLLAR;
}

function refuseOperatorsIn({ bytes, start }: Value): void {
  const elements = new Elements(bytes, start);
  while (elements.next())
    if (bytes[elements.nameStart] === DOLLAR)
      throw new CommandError(
        'DollarPrefixedFieldName',
        `The dollar ($) prefixed field '${elements.name}' in '${elements.name}' is not allowed in the context of an update's replacement document.`,
      );
}

function parseOperator(operator: string, fields: Value): Step[] {
  const make = operators[operator];
  if (!make) {
    if (later.has(operator)) throw notSupported(`the update operator ${operator}`);
    throw new CommandError(
      'FailedToParse',
      `Unknown modifier: ${operator}. Expected a valid update modifier or pipeline-style update specified as an array`,
    );
  }
  if (fields.type !== Type.object)
    throw new CommandError(
      'FailedToParse',
      `Modifiers operate on fields but we found type ${typeName[fields.type]} instead. For example: {$mod: {<field>: ...}} not {${operator}: ${JSON.stringify(readable(fields))}}`,
    );
  return Array.from(entries(fields), ([name, argument]) => {
    const parts = name.split('.');
    if (parts.includes(''))
      throw new CommandError(
        'EmptyFieldName',
        `The update path '${name}' contains an empty field name, which is not allowed.`,
      );
    if (parts.some((part) => part.startsWith('$'))) throw notSupported(`the path '${name}' in an update`);
    return {
      parts,
      change: make(argument, name),
      onlyOnInsert: operator === '$setOnInsert',
      removes: operator === '$unset' || operator === '$pull',
    };
  });
}

const later = new Set('$mul $rename $currentDate $bit $pop $pullAll $pushAll'.split(' '));

const operators: Readonly<Record<string, (argument: Value, name: string) => Change>> = {
  $set: (argument) => () => argument,
  $setOnInsert: (argument) => () => argument,
  $unset: () => () => undefined,
  $inc: (argument, name) => {
    if (!isNumber(argument.type))
      throw new CommandError(
        'TypeMismatch',
        `Cannot increment with non-numeric argument: {${name}: ${JSON.stringify(readable(argument))}}`,
      );
    return (now, at) => {
      if (now === undefined) return argument;
      const value = closed(now);
      if (!isNumber(value.type))
        throw new CommandError(
          'TypeMismatch',
          `Cannot apply $inc to a value of non-numeric type. {_id: ${at.id()}} has the field '${at.name}' of non-numeric type ${typeName[value.type]}`,
        );
      return sum(value, argument);
    };
  },
  $min: (argument) => (now) =>
    now === undefined || encode(argument).compare(encode(closed(now))) < 0 ? argument : now,
  $max: (argument) => (now) =>
    now === undefined || encode(argument).compare(encode(closed(now))) > 0 ? argument : now,
  $push: (argument) => {
    const added = each(argument, '$push');
    return (now, at) => [
      ...arrayAt(
        now,
        at,
        (type) => `The field '${at.name}' must be an array but is of type ${type} in document {_id: ${at.id()}}`,
      ),
      ...added,
    ];
  },
  $addToSet: (argument) => {
    const added = each(argument, '$addToSet');
    return (now, at) => {
      const list = [
        ...arrayAt(
          now,
          at,
          (type) => `Cannot apply $addToSet to non-array field. Field named '${at.name}' has non-array type ${type}`,
        ),
      ];
      const present = new Set(list.map((item) => encode(closed(item)).toString('latin1')));
      for (const item of added) {
        const key = encode(item).toString('latin1');
        if (!present.has(key)) list.push(item);
        present.add(key);
      }
      return list;
    };
  },
  $pull: (argument) => {
    const pulled = pullCondition(argument);
    return (now) => {
      if (now === undefined) return undefined;
      const list = open(now);
      if (!Array.isArray(list)) throw new CommandError('BadValue', 'Cannot apply $pull to a non-array value');
      return list.filter((item) => !pulled(closed(item)));
    };
  },
};

function each(argument: Value, operator: string): Value[] {
  if (!isOperators(argument)) return [argument];
  let added: Value[] | undefined;
  for (const [name, value] of entries(argument)) {
    if (name !== '$each') {
      if (operator === '$push' && ['$position', '$slice', '$sort'].includes(name))
        throw notSupported(`${name} in $push`);
      throw new CommandError('BadValue', `Unrecognized clause in ${operator}: ${name}`);
    }
    if (value.type !== Type.array)
      throw operator === '$push'
        ? new CommandError(
            'BadValue',
            `The argument to $each in $push must be an array but it was of type: ${typeName[value.type]}`,
          )
        : new CommandError(
            'TypeMismatch',
            `The argument to $each in $addToSet must be an array but it was of type ${typeName[value.type]}`,
          );
    added = items(value);
  }
  return added!;
}

function arrayAt(now: Node | undefined, _at: unknown, message: (type: string) => string): Node[] {
  if (now === undefined) return [];
  const list = open(now);
  if (Array.isArray(list)) return list;
  throw new CommandError('BadValue', message(list instanceof Map ? 'object' : typeName[list.type]!));
}

/** What $pull takes out: an equal value, or what a condition holds for. */
function pullCondition(argument: Value): (item: Value) => boolean {
  if (isOperators(argument)) {
    const of = parseOperators(itself, argument);
    return elementMatcher({ kind: 'and', of }, false);
  }
  if (argument.type === Type.object) return elementMatcher(parseFilter(argument), true);
  const key = encode(argument);
  return (item) => encode(item).equals(key);
}

/** By part; as names, not as text with dots. */
function comparePaths(a: readonly string[], b: readonly string[]): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    if (a[i] === b[i]) continue;
    const numbers = /^\d+$/.test(a[i]!) && /^\d+$/.test(b[i]!);
    return numbers ? Number(a[i]) - Number(b[i]) : Buffer.compare(Buffer.from(a[i]!), Buffer.from(b[i]!));
  }
  return a.length - b.length;
}

/** The document after the update; the same bytes where nothing changes. `inserted`: an upsert makes it. */
export function apply(update: Update, document: Buffer, inserted = false): Buffer {
  const id = field(document, 0, ID);
  const next =
    update.kind === 'replace' ? replaced(update.document, id) : changed(update.steps, document, id, inserted);
  if (next.length > LARGEST_DOCUMENT)
    throw new CommandError('Location17419', `Resulting document after update is larger than ${LARGEST_DOCUMENT}`);
  const nextId = field(next, 0, ID);
  if (id && (!nextId || !encode(id).equals(encode(nextId))))
    throw new CommandError(
      'ImmutableField',
      update.kind === 'replace'
        ? `After applying the update, the (immutable) field '_id' was found to have been altered to _id: ${JSON.stringify(nextId && readable(nextId))}`
        : `Performing an update on the path '_id' would modify the immutable field '_id'`,
    );
  return next.equals(document) ? document : next;
}

/** The replacement, with its _id before all else: as a rule it comes so. */
function replaced(document: Buffer, id: Value | undefined): Buffer {
  const elements = new Elements(document);
  if (elements.next() && elements.named(ID)) return document;
  const fields = openFields(document);
  return writeFields(idFirst(id && !fields.has('_id') ? new Map([['_id', id], ...fields]) : fields));
}

function changed(steps: readonly Step[], document: Buffer, id: Value | undefined, inserted: boolean): Buffer {
  const fields = openFields(document);
  const at = () => (id ? JSON.stringify(readable(id)) : 'none');
  for (const step of steps) if (inserted || !step.onlyOnInsert) walk(fields, step, 0, at);
  return writeFields(idFirst(fields));
}

function idFirst(fields: Fields): Fields {
  const id = fields.get('_id');
  if (id === undefined || fields.keys().next().value === '_id') return fields;
  return new Map([['_id', id], ...fields]);
}

function walk(fields: Fields, step: Step, depth: number, id: () => string): void {
  const name = step.parts[depth]!;
  const now = fields.get(name);
  if (depth === step.parts.length - 1) {
    const next = step.change(now, { name, id });
    if (next === undefined) fields.delete(name);
    else fields.set(name, next);
    return;
  }
  if (now === undefined) {
    if (step.removes) return;
    const below: Fields = new Map();
    fields.set(name, below);
    walk(below, step, depth + 1, id);
    return;
  }
  const below = open(now);
  if (below instanceof Map) {
    fields.set(name, below);
    walk(below, step, depth + 1, id);
  } else if (Array.isArray(below) && /^\d+$/.test(step.parts[depth + 1]!))
    throw notSupported(`positions of an array in an update ('${step.parts.join('.')}')`);
  else if (!step.removes)
    throw new CommandError(
      'PathNotViable',
      `Cannot create field '${step.parts[depth + 1]}' in element {${name}: ${JSON.stringify(readable(closed(below)))}}`,
    );
}

/** The document that an upsert inserts. */
export function upserted(update: Update, filter: Filter): Buffer {
  const fields: Fields = new Map();
  for (const [path, value] of equalities(filter)) {
    if (update.kind === 'replace' && path.text !== '_id') continue;
    const parts = path.parts.map(String);
    if (hasPath(fields, parts))
      throw new CommandError(
        'NotSingleValueField',
        `cannot infer query fields to set, path '${path.text}' is matched twice`,
      );
    walk(fields, { parts, change: () => value, onlyOnInsert: false, removes: false }, 0, () => 'none');
  }
  const next = openFields(apply(update, writeFields(fields), true));
  if (!next.has('_id')) next.set('_id', valueOf(new ObjectId()));
  return writeFields(idFirst(next));
}

function hasPath(fields: Fields, parts: readonly string[]): boolean {
  let at: Node | undefined = fields;
  for (const part of parts) at = at instanceof Map ? at.get(part) : undefined;
  return at !== undefined;
}
