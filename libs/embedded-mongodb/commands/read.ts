/** find, getMore, killCursors, count, distinct. */
import { Long } from 'bson';
import { CommandError } from '../errors.js';
import { encode } from '../bson/key-encoding.js';
import { document, isNumber, numberOf, stringOf, Type, type Value } from '../bson/raw.js';
import { count, nothing, run } from '../plan/query.js';
import type { Row } from '../plan/scan.js';
import { pull, type Slices, type Work } from '../plan/slices.js';
import { path, visit } from '../query/path.js';
import { parseFilter } from '../query/filter.js';
import { parseProjection, type Projection } from '../query/projection.js';
import { parseSort } from '../query/sort.js';
import type { Index } from '../storage/catalog.js';
import type { Collection } from '../storage/collection.js';
import { readable } from '../bson/readable.js';
import { command, type Command } from './engine.js';
import type { Request } from './request.js';

const EMPTY = document(Buffer.from([5, 0, 0, 0, 0]));

export const filterOf = (request: Request, name: string) => parseFilter(request.document(name) ?? EMPTY);

/** The index that a hint names, by its name or its pattern. */
export function hintOf(collection: Collection | undefined, hint: Value | undefined): Index | undefined {
  if (!hint || !collection || (hint.type === Type.object && hint.bytes.readInt32LE(hint.start) === 5)) return undefined;
  const name = hint.type === Type.string ? stringOf(hint) : undefined;
  const pattern = JSON.stringify(
    hint.type === Type.object ? parseSort(hint).map(({ path, descending }) => [path.text, descending]) : [],
  );
  const found = collection.indexes.find(
    (index) =>
      !index.pending &&
      (index.name === name ||
        JSON.stringify(index.fields.map(({ path, descending }) => [path.text, descending])) === pattern),
  );
  if (!found)
    throw new CommandError(
      'BadValue',
      'error processing query: planner returned error :: caused by :: hint provided does not correspond to an existing index',
    );
  return found;
}

function* projected(rows: Slices<Row>, project: Projection | undefined): Slices<Buffer> {
  for (const row of rows) yield row && (project ? project(row.document) : row.document);
}

/** Documents of rows. */
export const documents = ({ items, rest }: Work<Row>, project?: Projection): Work<Buffer> => ({
  items: projected(items, project),
  rest,
});

const READ_LEFT = 'collation let max min returnKey showRecordId tailable oplogReplay awaitData allowPartialResults';

const find = command(
  'filter sort projection hint skip limit batchSize singleBatch noCursorTimeout allowDiskUse',
  READ_LEFT,
  (engine, request) => {
    const collection = engine.catalog.get(request.namespace);
    const filter = filterOf(request, 'filter');
    const sort = parseSort(request.document('sort'));
    const project = parseProjection(request.document('projection'));
    const hint = hintOf(collection, request.get('hint'));
    const skip = request.number('skip') ?? 0;
    const limit = request.number('limit') ?? 0;
    const work = collection
      ? documents(run(collection, { filter, sort, skip, limit, hint }), project)
      : nothing<Buffer>();
    return engine.cursors.first(request.namespace, work, request.number('batchSize'), request.flag('singleBatch'));
  },
);

const getMore = command('collection batchSize', 'term lastKnownCommittedOpTime', (engine, request) => {
  const id = request.long('getMore') ?? 0n;
  return engine.cursors.next(id, `${request.database}.${request.string('collection')}`, request.number('batchSize'));
});

const killCursors = command('cursors', '', (engine, request) => {
  const ids = request
    .list('cursors')
    .map((id) => (id.type === Type.int64 ? id.bytes.readBigInt64LE(id.start) : BigInt(numberOf(id))));
  const killed = ids.filter((id) => engine.cursors.kill(id));
  const long = (list: bigint[]) => list.map((id) => Long.fromBigInt(id));
  return {
    cursorsKilled: long(killed),
    cursorsNotFound: long(ids.filter((id) => !killed.includes(id))),
    cursorsAlive: [],
    cursorsUnknown: [],
  };
});

const countCommand = command('query limit skip hint', 'collation', async (engine, request) => {
  const collection = engine.catalog.get(request.namespace);
  const filter = filterOf(request, 'query');
  const limit = Math.abs(wholeOf(request.get('limit')));
  const skip = request.number('skip') ?? 0;
  if (!collection) return { n: 0 };
  let n = 0;
  const most = limit === 0 ? 0 : skip + limit;
  await pull(count(collection, filter, most, hintOf(collection, request.get('hint'))), (more) => {
    n += more;
    return true;
  });
  return { n: Math.max(0, n - skip) };
});

const wholeOf = (value: Value | undefined): number => (value && isNumber(value.type) ? Math.trunc(numberOf(value)) : 0);

const distinct = command('key query hint', 'collation', async (engine, request) => {
  const collection = engine.catalog.get(request.namespace);
  const filter = filterOf(request, 'query');
  const key = path(request.string('key') ?? '');
  const seen = new Set<string>();
  const values: unknown[] = [];
  if (collection)
    await pull(run(collection, { filter, hint: hintOf(collection, request.get('hint')) }), ({ document }) => {
      visit(document, 0, key, (value, whole) => {
        const name = value && !whole ? encode(value).toString('latin1') : undefined;
        if (name !== undefined && !seen.has(name)) {
          seen.add(name);
          values.push(readable(value!));
        }
        return false;
      });
      return true;
    });
  return { values };
});

export const reading: Readonly<Record<string, Command>> = { find, getMore, killCursors, count: countCommand, distinct };
