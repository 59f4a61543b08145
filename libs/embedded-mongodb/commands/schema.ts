/** Collections and their indexes. */
import { Binary } from 'bson';
import { CommandError, notSupported } from '../errors.js';
import { entries, isNumber, items, numberOf, stringOf, truthy, Type, type Value } from '../bson/raw.js';
import { valueOf, writeFields } from '../bson/write.js';
import { matcher } from '../query/match.js';
import { everyRow } from '../plan/query.js';
import { check } from '../storage/validate.js';
import type { Work } from '../plan/slices.js';
import type { Index } from '../storage/catalog.js';
import { type Collection, PRIMARY } from '../storage/collection.js';
import { command, type Command, type Engine } from './engine.js';
import { filterOf } from './read.js';
import type { Request } from './request.js';

const MOST_INDEXES = 64;

const missing = (namespace: string) => new CommandError('NamespaceNotFound', `ns does not exist: ${namespace}`);

function existing(engine: Engine, namespace: string): Collection {
  const collection = engine.catalog.get(namespace);
  if (!collection) throw missing(namespace);
  return collection;
}

const listed = (list: readonly Record<string, unknown>[]): Buffer[] =>
  list.map((item) => writeFields(new Map(Object.entries(item).map(([name, value]) => [name, valueOf(value)]))));

function* each(list: readonly Buffer[]): Generator<Buffer> {
  yield* list;
}

const answer = (list: readonly Buffer[]): Work<Buffer> => ({ items: each(list), rest: () => undefined });

const listCollections = command('filter nameOnly authorizedCollections cursor', '', (engine, request) => {
  const nameOnly = request.flag('nameOnly');
  const list = engine.catalog.of(request.database).map(({ namespace, uuid, primary }) => ({
    name: namespace.slice(request.database.length + 1),
    type: 'collection',
    ...(!nameOnly && {
      options: {},
      info: { readOnly: false, uuid: new Binary(Buffer.from(uuid.replaceAll('-', ''), 'hex'), Binary.SUBTYPE_UUID) },
      idIndex: described(primary),
    }),
  }));
  const matches = matcher(filterOf(request, 'filter'));
  const found = listed(list).filter((bytes) => matches(bytes, 0));
  return engine.cursors.first(`${request.database}.$cmd.listCollections`, answer(found), batchSizeOf(request));
});

export function batchSizeOf(request: Request): number | undefined {
  const size = request.object('cursor')?.get('batchSize');
  return size && isNumber(size.type) ? numberOf(size) : undefined;
}

const described = ({ name, pattern, unique }: Index): Record<string, unknown> => ({
  v: 2,
  key: pattern,
  name,
  ...(unique && name !== PRIMARY && { unique: true }),
});

const listIndexes = command('cursor', '', (engine, request) => {
  const collection = existing(engine, request.namespace);
  return engine.cursors.first(
    request.namespace,
    answer(listed(collection.indexes.map(described))),
    batchSizeOf(request),
  );
});

const create = command(
  '',
  'capped size max timeseries expireAfterSeconds clusteredIndex validator validationLevel validationAction viewOn pipeline collation changeStreamPreAndPostImages storageEngine indexOptionDefaults encryptedFields',
  (engine, request) => {
    const { namespace } = request;
    return engine.write(request, () => {
      // The same collection without options may be created again, as since MongoDB 7.0.
      engine.catalog.getOrCreate(namespace);
      return {};
    });
  },
);

const drop = command('', '', async (engine, request) => {
  const { namespace } = request;
  const reply = await engine.write(request, () => {
    const collection = engine.catalog.get(namespace);
    if (!collection) return {}; // not an error since MongoDB 7.0
    const nIndexesWas = collection.indexes.length;
    engine.catalog.drop(collection);
    return { nIndexesWas, ns: namespace };
  });
  engine.tidy();
  return reply;
});

const dropDatabase = command('', '', async (engine, request) => {
  const reply = await engine.write(request, () => {
    for (const collection of engine.catalog.of(request.database)) engine.catalog.drop(collection);
    return { dropped: request.database };
  });
  engine.tidy();
  return reply;
});

const renameCollection = command('to dropTarget', '', async (engine, request) => {
  const from = request.string('renameCollection')!;
  const to = request.string('to') ?? '';
  const reply = await engine.write(request, () => {
    const collection = engine.catalog.get(from);
    if (!collection) throw new CommandError('NamespaceNotFound', `Source collection ${from} does not exist`);
    if (from === to) throw new CommandError('IllegalOperation', "Can't rename a collection to itself");
    if (engine.catalog.get(to) && !request.flag('dropTarget'))
      throw new CommandError('NamespaceExists', 'target namespace exists');
    engine.catalog.rename(collection, to);
    return {};
  });
  engine.tidy();
  return reply;
});

const listDatabases = command('nameOnly filter authorizedDatabases', '', (engine) => ({
  databases: engine.catalog.databases.map((name) => ({ name, empty: false })),
}));

interface Wanted {
  readonly name: string;
  readonly pattern: Record<string, number>;
  readonly unique: boolean;
}

function parseIndex(value: Value): Wanted {
  const fields = new Map(entries(value));
  for (const [name, option] of fields) {
    if (['key', 'name', 'unique', 'v', 'background', 'ns'].includes(name)) continue;
    if (['sparse', 'hidden'].includes(name) && !truthy(option)) continue;
    throw notSupported(`the index option '${name}'`);
  }
  const key = fields.get('key');
  const name = fields.get('name');
  if (key?.type !== Type.object)
    throw new CommandError('FailedToParse', "The 'key' field is a required property of an index specification");
  if (name?.type !== Type.string)
    throw new CommandError('FailedToParse', "The 'name' field is a required property of an index specification");
  const pattern: Record<string, number> = {};
  for (const [path, direction] of entries(key)) {
    if (direction.type === Type.string) throw notSupported(`indexes of type '${stringOf(direction)}'`);
    if (path.includes('$**')) throw notSupported('wildcard indexes');
    const number = isNumber(direction.type) ? numberOf(direction) : 0;
    if (!number)
      throw new CommandError(
        'CannotCreateIndex',
        `Values in v:2 index key pattern cannot be of type ${direction.type} or 0`,
      );
    pattern[path] = number < 0 ? -1 : 1;
  }
  const paths = Object.keys(pattern);
  if (paths.length === 0) throw new CommandError('CannotCreateIndex', 'Index keys cannot be an empty object.');
  if (paths.length > 32) throw new CommandError('CannotCreateIndex', 'An index may have 32 fields at most');
  return { name: stringOf(name), pattern, unique: truthy(fields.get('unique')) };
}

const createIndexes = command('indexes', 'commitQuorum', async (engine, request) => {
  const { namespace } = request;
  const wanted = request.list('indexes').map(parseIndex);
  const reply = await engine.write(request, () => {
    const before = engine.catalog.get(namespace);
    const collection = engine.catalog.getOrCreate(namespace);
    const numIndexesBefore = collection.indexes.length;
    for (const index of wanted) if (isNew(collection, index)) build(engine, collection, index);
    const numIndexesAfter = collection.indexes.length;
    const note = numIndexesAfter === numIndexesBefore ? 'all indexes already exist' : undefined;
    return { numIndexesBefore, numIndexesAfter, createdCollectionAutomatically: !before, note };
  });
  for (const index of engine.catalog.get(namespace)?.indexes ?? []) index.pending = false;
  return reply;
});

function isNew(collection: Collection, wanted: Wanted): boolean {
  const pattern = JSON.stringify(Object.entries(wanted.pattern));
  if (pattern === '[["_id",1]]') return false;
  for (const index of collection.indexes) {
    const samePattern = JSON.stringify(Object.entries(index.pattern)) === pattern;
    if (index.name === wanted.name && samePattern && index.unique === wanted.unique) return false;
    if (index.name === wanted.name)
      throw new CommandError(
        'IndexKeySpecsConflict',
        `An existing index has the same name as the requested index. When index names are not specified, they are auto generated and can cause conflicts. Please refer to our documentation. Requested index: ${wanted.name}`,
      );
    if (samePattern)
      throw new CommandError('IndexOptionsConflict', `Index already exists with a different name: ${index.name}`);
  }
  if (collection.indexes.length >= MOST_INDEXES)
    throw new CommandError('CannotCreateIndex', `add index fails, too many indexes for ${collection.namespace}`);
  return true;
}

function build(engine: Engine, collection: Collection, { name, pattern, unique }: Wanted): void {
  const index = engine.catalog.addIndex(collection, name, pattern, unique);
  try {
    for (const { id, document } of everyRow(collection)) collection.fill(index, id, document);
  } catch (error) {
    engine.catalog.dropIndex(collection, index);
    throw error;
  }
  engine.catalog.save(collection);
}

const dropIndexes = command('index', '', async (engine, request) => {
  const which = request.get('index');
  const { namespace } = request;
  const reply = await engine.write(request, () => {
    const collection = existing(engine, namespace);
    const nIndexesWas = collection.indexes.length;
    for (const index of chosen(collection, which)) engine.catalog.dropIndex(collection, index);
    return { nIndexesWas };
  });
  engine.tidy();
  return reply;
});

function chosen(collection: Collection, which: Value | undefined): Index[] {
  const all = collection.indexes.slice(1);
  if (which?.type === Type.array) return items(which).flatMap((one) => chosen(collection, one));
  if (which?.type === Type.string && stringOf(which) === '*') return all;
  const name = which?.type === Type.string ? stringOf(which) : undefined;
  const pattern =
    which?.type === Type.object
      ? JSON.stringify(Array.from(entries(which), ([path, direction]) => [path, numberOf(direction)]))
      : undefined;
  if (name === PRIMARY || pattern === '[["_id",1]]') throw new CommandError('InvalidOptions', 'cannot drop _id index');
  const found = all.find((index) => index.name === name || JSON.stringify(Object.entries(index.pattern)) === pattern);
  if (!found)
    throw new CommandError(
      'IndexNotFound',
      name === undefined ? `can't find index with key: ${pattern}` : `index not found with name [${name}]`,
    );
  return [found];
}

const validate = command('full', 'repair metadata checkBSONConformance background', (engine, request) => {
  const collection = existing(engine, request.namespace);
  const { nrecords, errors } = check(collection);
  return {
    ns: collection.namespace,
    nrecords,
    nIndexes: collection.indexes.length,
    valid: errors.length === 0,
    errors,
    warnings: [],
  };
});

export const schema: Readonly<Record<string, Command>> = {
  listCollections,
  listIndexes,
  listDatabases,
  create,
  drop,
  dropDatabase,
  renameCollection,
  createIndexes,
  dropIndexes,
  validate,
};
