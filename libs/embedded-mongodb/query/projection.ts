/** Which fields of a document are answered: inclusion or exclusion, by dotted path, in the order of the document. */
import { CommandError, notSupported } from '../errors.js';
import { Elements, entries, isNumber, truthy, Type, type Value } from '../bson/raw.js';
import { Writer } from '../bson/write.js';

export type Projection = (document: Buffer) => Buffer;

/** A path's fields below it, or true where the path ends. */
type Tree = Map<string, Tree | true>;

/** @returns undefined where all of the document is wanted */
export function parseProjection(value: Value | undefined): Projection | undefined {
  if (!value || value.bytes.readInt32LE(value.start) === 5) return undefined;
  const tree: Tree = new Map();
  let include: boolean | undefined;
  let id: boolean | undefined;
  for (const [name, wanted] of entries(value)) {
    if (!isNumber(wanted.type) && wanted.type !== Type.boolean)
      throw notSupported(`computed fields in a projection ('${name}')`);
    if (name.startsWith('$') || name.includes('.$')) throw notSupported(`the positional projection '${name}'`);
    if (name === '_id') {
      id = truthy(wanted);
      continue;
    }
    if (include !== undefined && include !== truthy(wanted))
      throw include
        ? new CommandError('Location31254', `Cannot do exclusion on field ${name} in inclusion projection`)
        : new CommandError('Location31253', `Cannot do inclusion on field ${name} in exclusion projection`);
    include = truthy(wanted);
    add(tree, name);
  }
  include ??= id!;
  if (include ? id !== false : id === false) tree.set('_id', true);
  return (document) => {
    const writer = new Writer(document.length);
    copy(writer, document, 0, tree, include, undefined, Type.object);
    return writer.take();
  };
}

function add(tree: Tree, name: string): void {
  const parts = name.split('.');
  if (parts.includes('')) throw new CommandError('Location40352', `FieldPath '${name}' has an empty part`);
  let at = tree;
  for (const [i, part] of parts.entries()) {
    const below = at.get(part);
    if (below === true || (below && i === parts.length - 1))
      throw new CommandError('Location31249', `Path collision at ${name}`);
    if (i === parts.length - 1) at.set(part, true);
    else if (below) at = below;
    else {
      const next: Tree = new Map();
      at.set(part, next);
      at = next;
    }
  }
}

function copy(
  writer: Writer,
  bytes: Buffer,
  at: number,
  tree: Tree,
  include: boolean,
  name: string | undefined,
  type: number,
): void {
  const begun = writer.begin(name, type);
  const elements = new Elements(bytes, at);
  let position = 0;
  while (elements.next()) {
    if (type === Type.array) {
      // In an array the rest of the path holds for each object; an inclusion has no room for what is no object.
      if (elements.type === Type.object || elements.type === Type.array)
        copy(writer, bytes, elements.start, tree, include, String(position++), elements.type);
      else if (!include) writer.raw(elements.type, String(position++), bytes, elements.start, elements.end);
      continue;
    }
    const field = elements.name;
    const below = tree.get(field);
    if (below === undefined || below === true) {
      if ((below === true) === include) writer.raw(elements.type, field, bytes, elements.start, elements.end);
    } else if (elements.type === Type.object || elements.type === Type.array)
      copy(writer, bytes, elements.start, below, include, field, elements.type);
    else if (!include) writer.raw(elements.type, field, bytes, elements.start, elements.end);
  }
  writer.end(begun);
}
