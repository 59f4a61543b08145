/**
 * insert, update, delete, findAndModify: each command is one transaction, on disk before it is answered.
 * updateMany and deleteMany alone may take several (many.ts).
 */
import { Double, ObjectId } from 'bson';
import { CommandError, notSupported } from '../errors.js';
import { document, entries, field, isNumber, numberOf, truthy, Type, typeName, type Value } from '../bson/raw.js';
import { readable } from '../bson/readable.js';
import { valueOf, Writer } from '../bson/write.js';
import { run } from '../plan/query.js';
import type { Row } from '../plan/scan.js';
import { atOnce } from '../plan/slices.js';
import { type Filter, parseFilter } from '../query/filter.js';
import { parseProjection } from '../query/projection.js';
import { parseSort } from '../query/sort.js';
import { type Collection, idKey, idOf } from '../storage/collection.js';
import { apply, LARGEST_DOCUMENT, parseUpdate, type Update, upserted } from '../update/update.js';
import { command, type Command, type Engine, type Reply } from './engine.js';
import { changeMany } from './many.js';
import { hintOf } from './read.js';
import type { Request } from './request.js';

const ID = Buffer.from('_id');

function insertable(bytes: Buffer): Buffer {
  const id = field(bytes, 0, ID);
  if (bytes.length > LARGEST_DOCUMENT)
    throw new CommandError(
      'BSONObjectTooLarge',
      `BSONObj size: ${bytes.length} is invalid. Size must be between 0 and ${LARGEST_DOCUMENT}(16MB)`,
    );
  if (!id) {
    const writer = new Writer(bytes.length + 32);
    const begun = writer.begin();
    writer.node('_id', valueOf(new ObjectId()));
    for (const [name, value] of entries(document(bytes))) writer.node(name, value);
    writer.end(begun);
    return writer.take();
  }
  if (id.type === Type.array || id.type === Type.regex)
    throw new CommandError('InvalidIdField', `The '_id' value cannot be of type ${typeName[id.type]}`);
  return bytes;
}

/** Runs statements of one command, and tells which failed; ordered ones end with the first failure. */
function each<T>(
  statements: readonly T[],
  ordered: boolean,
  run: (statement: T, index: number) => void,
): Record<string, unknown>[] {
  const failed: Record<string, unknown>[] = [];
  for (const [index, statement] of statements.entries()) {
    try {
      run(statement, index);
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      failed.push(writeError(index, error));
      if (ordered) break;
    }
  }
  return failed;
}

const writeError = (index: number, { code, message, details }: CommandError): Record<string, unknown> => ({
  index,
  code,
  errmsg: message,
  ...details,
});

const outcome = (n: number, more: Record<string, unknown>, failed: unknown[]): Reply => ({
  n,
  ...more,
  ...(failed.length > 0 && { writeErrors: failed }),
});

const insert = command('documents ordered', 'encryptionInformation', (engine, request) => {
  const list = request.documents('documents');
  const { namespace } = request;
  return engine.write(request, () => {
    const collection = engine.catalog.getOrCreate(namespace);
    let n = 0;
    let learnt = false;
    const failed = each(list, request.flag('ordered', true), (bytes) => {
      const next = insertable(bytes);
      learnt = collection.replace(idKey(idOf(next)), undefined, next) || learnt;
      n++;
    });
    engine.settle(collection, learnt);
    return outcome(n, {}, failed);
  });
});

interface Statement {
  readonly filter: Filter;
  readonly multi: boolean;
  readonly hint: Value | undefined;
}

/** Fields of a statement within a command. */
function fieldsOf(bytes: Buffer, known: readonly string[], left: readonly string[], name: string): Map<string, Value> {
  const fields = new Map(entries(document(bytes)));
  for (const key of fields.keys()) {
    if (left.includes(key)) throw notSupported(`'${key}' in ${name}`);
    if (!known.includes(key))
      throw new CommandError('Location40415', `BSON field '${name}.${key}' is an unknown field.`);
  }
  return fields;
}

/** The rows that a statement is about, as they are within this transaction. */
function targets(collection: Collection, { filter, multi, hint }: Statement): Row[] {
  const { items } = run(collection, { filter, limit: multi ? 0 : 1, hint: hintOf(collection, hint) });
  return [...atOnce(items)];
}

interface UpdateStatement extends Statement {
  readonly update: Update;
  readonly upsert: boolean;
}

function parseUpdateStatement(bytes: Buffer): UpdateStatement {
  const fields = fieldsOf(
    bytes,
    ['q', 'u', 'multi', 'upsert', 'hint'],
    ['collation', 'arrayFilters', 'c', 'sort'],
    'update.updates',
  );
  const update = parseUpdate(required(fields, 'u', 'update.updates'));
  const multi = truthy(fields.get('multi'));
  if (multi && update.kind === 'replace')
    throw new CommandError('FailedToParse', 'multi update is not supported for replacement-style update');
  return {
    filter: parseFilter(required(fields, 'q', 'update.updates')),
    update,
    multi,
    upsert: truthy(fields.get('upsert')),
    hint: fields.get('hint'),
  };
}

/** The only statement of a command that the driver does not repeat: it may be long. */
const single = (request: Request, statements: readonly Buffer[]): Buffer | undefined =>
  statements.length === 1 && !request.repeatable ? statements[0] : undefined;

const updateMany = async (engine: Engine, namespace: string, bytes: Buffer): Promise<Reply | undefined> => {
  let n = 0;
  let nModified = 0;
  let refused: CommandError | undefined;
  try {
    const { filter, update, multi, hint } = parseUpdateStatement(bytes);
    const collection = engine.catalog.get(namespace);
    if (!multi || !collection) return undefined;
    refused = await changeMany(engine, collection, filter, hintOf(collection, hint), ({ id, document }) => {
      const next = apply(update, document);
      const learnt = next !== document && collection.replace(id, document, next);
      if (next !== document) nModified++;
      n++;
      return learnt;
    });
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    refused = error;
  }
  // Where nothing was found an upsert looks again, in the transaction that inserts.
  if (n === 0 && !refused) return undefined;
  return outcome(n, { nModified }, refused ? [writeError(0, refused)] : []);
};

const update = command('updates ordered', 'let', async (engine, request) => {
  const statements = request.documents('updates');
  const { namespace } = request;
  const alone = single(request, statements);
  const done = alone && (await updateMany(engine, namespace, alone));
  if (done) return done;
  return engine.write(request, () => {
    let collection = engine.catalog.get(namespace);
    let n = 0;
    let nModified = 0;
    let learnt = false;
    const inserted: { index: number; _id: unknown }[] = [];
    const failed = each(statements, request.flag('ordered', true), (bytes, index) => {
      const statement = parseUpdateStatement(bytes);
      const rows = collection ? targets(collection, statement) : [];
      for (const row of rows) {
        const next = apply(statement.update, row.document);
        if (next !== row.document) {
          learnt = collection!.replace(row.id, row.document, next) || learnt;
          nModified++;
        }
        n++;
      }
      if (rows.length > 0 || !statement.upsert) return;
      const next = insertable(upserted(statement.update, statement.filter));
      collection ??= engine.catalog.create(namespace);
      learnt = collection.replace(idKey(idOf(next)), undefined, next) || learnt;
      inserted.push({ index, _id: readable(idOf(next)) });
      n++;
    });
    if (collection) engine.settle(collection, learnt);
    return outcome(n, { nModified, ...(inserted.length > 0 && { upserted: inserted }) }, failed);
  });
});

/** A field that a statement cannot do without. */
function required(fields: ReadonlyMap<string, Value>, field: string, name: string): Value {
  const value = fields.get(field);
  if (value) return value;
  throw new CommandError('Location40414', `BSON field '${name}.${field}' is missing but a required field`);
}

function parseDelete(bytes: Buffer): Statement {
  const fields = fieldsOf(bytes, ['q', 'limit', 'hint'], ['collation'], 'delete.deletes');
  const limit = fields.get('limit');
  if (!limit || !isNumber(limit.type) || ![0, 1].includes(numberOf(limit)))
    throw new CommandError('FailedToParse', 'The limit field in delete objects must be 0 or 1.');
  return {
    filter: parseFilter(required(fields, 'q', 'delete.deletes')),
    multi: numberOf(limit) === 0,
    hint: fields.get('hint'),
  };
}

const remove = command('deletes ordered', 'let', async (engine, request) => {
  const statements = request.documents('deletes');
  const { namespace } = request;
  const collection = engine.catalog.get(namespace);
  const alone = single(request, statements);
  let n = 0;
  const take = (from: Collection, row: Row): boolean => {
    from.replace(row.id, row.document, undefined);
    n++;
    return false;
  };
  const statement = alone && parseDelete(alone);
  if (collection && statement?.multi) {
    const hint = hintOf(collection, statement.hint);
    const refused = await changeMany(engine, collection, statement.filter, hint, (row) => take(collection, row));
    return outcome(n, {}, refused ? [writeError(0, refused)] : []);
  }
  return engine.write(request, () => {
    const collection = engine.catalog.get(namespace);
    const failed = each(statements, request.flag('ordered', true), (bytes) => {
      const statement = parseDelete(bytes);
      if (collection) for (const row of targets(collection, statement)) take(collection, row);
    });
    if (collection) engine.settle(collection, false);
    return outcome(n, {}, failed);
  });
});

const findAndModify = command(
  'query sort remove update new fields upsert hint',
  'collation arrayFilters let',
  (engine, request) => {
    const { namespace } = request;
    const filter = parseFilter(request.document('query') ?? document(Buffer.from([5, 0, 0, 0, 0])));
    const sort = parseSort(request.document('sort'));
    const project = parseProjection(request.document('fields'));
    const removes = request.flag('remove');
    const given = request.get('update');
    if (removes === (given !== undefined))
      throw new CommandError(
        'FailedToParse',
        removes ? 'Cannot specify both an update and remove=true' : 'Either an update or remove=true must be specified',
      );
    const change = given && parseUpdate(given);
    return engine.write(request, () => modify(engine, namespace, request, { filter, sort, change }, project));
  },
);

interface Modification {
  readonly filter: Filter;
  readonly sort: ReturnType<typeof parseSort>;
  readonly change: Update | undefined;
}

function modify(
  engine: Engine,
  namespace: string,
  request: Request,
  { filter, sort, change }: Modification,
  project = (bytes: Buffer): Buffer => bytes,
): Reply {
  let collection = engine.catalog.get(namespace);
  const hint = hintOf(collection, request.get('hint'));
  const [row] = collection ? atOnce(run(collection, { filter, sort, limit: 1, hint }).items) : [];
  const answer = (value: Buffer | undefined, lastErrorObject: Record<string, unknown>): Buffer => {
    const writer = new Writer((value?.length ?? 0) + 256);
    const begun = writer.begin();
    writer.js('lastErrorObject', lastErrorObject);
    if (value) writer.raw(Type.object, 'value', project(value));
    else writer.js('value', null);
    writer.js('ok', new Double(1));
    writer.end(begun);
    return writer.take();
  };
  const wantsNew = request.flag('new');
  let learnt = false;
  let reply: Buffer;
  if (row && change) {
    const next = apply(change, row.document);
    if (next !== row.document) learnt = collection!.replace(row.id, row.document, next);
    reply = answer(wantsNew ? next : row.document, { n: 1, updatedExisting: true });
  } else if (row) {
    collection!.replace(row.id, row.document, undefined);
    reply = answer(row.document, { n: 1 });
  } else if (change && request.flag('upsert')) {
    const next = insertable(upserted(change, filter));
    collection ??= engine.catalog.create(namespace);
    learnt = collection.replace(idKey(idOf(next)), undefined, next);
    reply = answer(wantsNew ? next : undefined, { n: 1, updatedExisting: false, upserted: readable(idOf(next)) });
  } else reply = answer(undefined, change ? { n: 0, updatedExisting: false } : { n: 0 });
  if (collection) engine.settle(collection, learnt);
  return reply;
}

export const writing: Readonly<Record<string, Command>> = {
  insert,
  update,
  delete: remove,
  findAndModify,
  findandmodify: findAndModify,
};
