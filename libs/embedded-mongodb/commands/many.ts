/**
 * updateMany and deleteMany may be about very much: their documents are looked up in slices, and changed
 * some hundreds in a transaction, so that other clients are answered in between. As in MongoDB each document is
 * changed as a whole or not at all, and the command is not.
 */
import { CommandError } from '../errors.js';
import { run } from '../plan/query.js';
import type { Row } from '../plan/scan.js';
import { pull } from '../plan/slices.js';
import type { Filter } from '../query/filter.js';
import { matcher } from '../query/match.js';
import type { Index } from '../storage/catalog.js';
import type { Collection } from '../storage/collection.js';
import type { Engine } from './engine.js';

const IN_ONE_TRANSACTION = 500;

/**
 * @param change true when an index learnt something; what it throws as a CommandError ends the work
 * @returns what ended the work early
 */
export async function changeMany(
  engine: Engine,
  collection: Collection,
  filter: Filter,
  hint: Index | undefined,
  change: (row: Row) => boolean,
): Promise<CommandError | undefined> {
  const ids: Buffer[] = [];
  await pull(run(collection, { filter, hint }), ({ id }) => ids.push(id) > 0);
  const matches = matcher(filter);
  let refused: CommandError | undefined;
  for (let at = 0; at < ids.length && !refused; at += IN_ONE_TRANSACTION)
    await engine.store.write(() => {
      if (engine.catalog.get(collection.namespace) !== collection) return;
      let learnt = false;
      try {
        for (const id of ids.slice(at, at + IN_ONE_TRANSACTION)) {
          const document = collection.get(id);
          if (document && matches(document, 0)) learnt = change({ id, document }) || learnt;
        }
      } catch (error) {
        if (!(error instanceof CommandError)) throw error;
        refused = error;
      }
      engine.settle(collection, learnt);
    });
  return refused;
}
