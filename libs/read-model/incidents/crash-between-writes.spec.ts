/** The projection of incidents writes two collections, then the checkpoint: whatever ends it in between, and whoever else writes. */
import { afterAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { RecordedEvent } from '#event-store';
import { documentOf } from './entity.js';
import { incidentIdOf, isIncidentEvent } from '../events-of.js';
import { FoldedIncident } from './folded-incident.js';
import { duplicateKey } from '../guarded-write.js';
import { withSearchFields } from '../queue/incident-search.js';
import { IncidentsProjection } from './incidents-projection.js';
import { aLog } from '../testing/arbitrary-log.js';
import { startTestCollections } from '../testing/mongo.js';

const { collections, stop } = await startTestCollections();
afterAll(stop);

const crashes = [
  'amid the entities',
  'before a merge',
  'before the rows',
  'amid the rows',
  'before the checkpoint',
] as const;
type Crash = (typeof crashes)[number] | 'never';

const half = <T>(list: readonly T[]): T[] => list.slice(0, Math.floor(list.length / 2));

/** Ends with an error at a point of the writing, when `at` says so. */
function mortal<C extends object>(collection: C, at: () => 'whole' | 'half' | 'nothing', merging = () => false): C {
  return new Proxy(collection, {
    get(target, property) {
      const value: unknown = Reflect.get(target, property);
      if (property !== 'bulkWrite' && property !== 'updateMany')
        return typeof value === 'function' ? (value.bind(target) as unknown) : value;
      return async (first: unknown, ...more: unknown[]) => {
        const write = value as (...args: unknown[]) => Promise<unknown>;
        if (property === 'updateMany' ? merging() : at() === 'nothing') throw new Error('crash');
        if (property === 'updateMany' || at() === 'whole') return write.call(target, first, ...more);
        const some = half(first as unknown[]);
        // Where another projector was faster with an insert, the refusal would be taken for the answer, and the crash would not be one.
        const refused = (error: Error & { readonly code?: unknown }) => {
          if (error.code !== duplicateKey) throw error;
        };
        if (some.length > 0) await write.call(target, some, ...more).catch(refused);
        throw new Error('crash');
      };
    },
  });
}

/** A projector of its own memory; after a crash another one begins where the checkpoint is. */
class Projector {
  #projection: IncidentsProjection;
  #crash: Crash = 'never';
  #handled = 0;

  constructor(
    private readonly log: readonly RecordedEvent[],
    private readonly checkpoint: { at: number },
  ) {
    this.#projection = this.#begun();
  }

  #begun(): IncidentsProjection {
    const crash = () => this.#crash;
    const projection = new IncidentsProjection({
      tags: collections.tags,
      entities: mortal(
        collections.entities,
        () => (crash() === 'amid the entities' ? 'half' : 'whole'),
        () => crash() === 'before a merge',
      ),
      incidents: mortal(collections.incidents, () =>
        crash() === 'before the rows' ? 'nothing' : crash() === 'amid the rows' ? 'half' : 'whole',
      ),
    });
    const { log } = this;
    projection.begin({
      async *read(stream) {
        yield* structuredClone(log.filter((event) => event.stream === stream));
      },
    });
    return projection;
  }

  async goOn(share: number, crash: Crash): Promise<void> {
    const end = this.#handled + Math.ceil((this.log.length - this.#handled) * share);
    this.#crash = crash;
    try {
      await this.#projection.apply(this.log.slice(this.#handled, end));
      if (crash === 'before the checkpoint') throw new Error('crash');
      this.#handled = end;
      this.checkpoint.at = Math.max(this.checkpoint.at, end);
    } catch (error) {
      expect(error).toMatchObject({ message: 'crash' });
      this.#projection = this.#begun();
      this.#handled = this.checkpoint.at;
    }
  }
}

function folded(log: readonly RecordedEvent[]) {
  const incidents = new Map<string, FoldedIncident>();
  for (const event of structuredClone(log).filter(isIncidentEvent)) {
    const incident = incidents.get(incidentIdOf(event)) ?? new FoldedIncident();
    incidents.set(incidentIdOf(event), incident);
    incident.apply(event);
  }
  const entitiesOf = ([incidentId, { entities }]: [string, FoldedIncident]) =>
    Array.from(entities, (entity) => documentOf(incidentId, entity));
  const byId = (one: { _id: string }, other: { _id: string }) => (one._id < other._id ? -1 : 1);
  return {
    incidents: Array.from(incidents.values(), ({ document }) => withSearchFields(document!)).sort(byId),
    entities: [...incidents].flatMap(entitiesOf).sort(byId),
  };
}

/** Every row that there ever was, as it would be written down. */
function pastRows(log: readonly RecordedEvent[]): Set<string> {
  const incidents = new Map<string, FoldedIncident>();
  const rows = new Set<string>();
  for (const event of structuredClone(log).filter(isIncidentEvent)) {
    const incident = incidents.get(incidentIdOf(event)) ?? new FoldedIncident();
    incidents.set(incidentIdOf(event), incident);
    incident.apply(event);
    rows.add(writtenDown(withSearchFields(incident.document!)));
  }
  return rows;
}

const writtenDown = (row: object): string =>
  JSON.stringify(row, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value));

const aStep = fc.record({
  who: fc.constantFrom('one', 'other', 'both' as const),
  share: fc.double({ min: 0.05, max: 1, noNaN: true }),
  otherShare: fc.double({ min: 0.05, max: 1, noNaN: true }),
  crash: fc.oneof(fc.constant('never' as const), fc.constantFrom(...crashes)),
});

describe('what an incident is about, and its row', () => {
  it('are those of the log, and the row has been at any time, wherever a projector crashes and another one is ahead, behind or at the same place', async () => {
    await fc.assert(
      fc
        .asyncProperty(aLog, fc.array(aStep, { maxLength: 10 }), fc.boolean(), async (log, steps, firstEnds) => {
          const checkpoint = { at: 0 };
          const past = pastRows(log);
          const [one, other] = [new Projector(log, checkpoint), new Projector(log, checkpoint)];
          for (const { who, share, otherShare, crash } of steps) {
            if (who === 'both') await Promise.all([one.goOn(share, crash), other.goOn(otherShare, 'never')]);
            else await (who === 'one' ? one : other).goOn(share, crash);
            for await (const row of collections.incidents.find()) expect(past).toContain(writtenDown(row));
          }
          await (firstEnds ? one : other).goOn(1, 'never');
          const stored = {
            incidents: await collections.incidents.find().sort({ _id: 1 }).toArray(),
            entities: await collections.entities.find().sort({ _id: 1 }).toArray(),
          };
          expect(stored).toEqual(folded(log));
        })
        .afterEach(async () => {
          await Promise.all([collections.incidents.deleteMany({}), collections.entities.deleteMany({})]);
        }),
      { numRuns: Number(process.env.RUNS ?? 60) },
    );
  }, 120_000);
});
