import { roundedAt } from './adaptations.js';
import type { Destination } from './destination.js';
import type { IncidentIndex, IndexedIncident, Skipped } from './incident-index.js';
import { recognise } from './kind.js';
import { importOne, nothing } from './one-incident.js';
import type { OneResult } from './one-incident.js';
import type { ExportedFile } from './reading/exported-file.js';
import type { Place } from './reading/row-scanner.js';
import { unite } from './united.js';
import type { United } from './united.js';

/** What became of one incident of the file, and of all its rows. */
export interface IncidentResult extends OneResult {
  readonly externalId: string;
  readonly place: Place;
  readonly older: readonly Place[];
}

export interface Imported {
  readonly rows: number;
  readonly skipped: readonly Skipped[];
  readonly goesOn: number | undefined;
  /** In the order of the file. */
  readonly incidents: readonly IncidentResult[];
  /** Where the log was afterwards. */
  readonly position: bigint;
  /** Why it ended before all were sent. */
  readonly stopped: unknown;
}

export interface Importing {
  readonly source: string;
  readonly destination: Destination;
  /** How many at a time. */
  readonly jobs: number;
  readonly reached?: (incidents: number) => void;
}

/** Brings all incidents of a file along. What refuses one of them does not stop the others; what would refuse all of them does. */
export async function importIncidents(
  file: ExportedFile,
  { rows, incidents, inTurn, skipped, goesOn }: IncidentIndex,
  { source, destination, jobs, reached = () => undefined }: Importing,
): Promise<Imported> {
  const results = new Map<IndexedIncident, IncidentResult>();
  const inFile = new Set(incidents.map(({ externalId }) => externalId));
  let last = 0n;
  let stopped: unknown;

  const work = async (waiting: Iterable<IndexedIncident>) => {
    for (const indexed of waiting) {
      if (stopped !== undefined) return;
      try {
        const one = {
          united: await read(file, indexed),
          rounded: roundedAt(indexed.versions.map(({ place }) => place)),
        };
        const { result, position } = await importOne(one, { source, destination, inFile });
        results.set(indexed, { ...identity(indexed), ...result });
        if (position > last) last = position;
      } catch (error) {
        // Such an error is of this row alone, and comes before it is sent: it is too large or too deep to be written.
        if (error instanceof RangeError) results.set(indexed, { ...identity(indexed), ...unwritable(error) });
        else stopped ??= error;
      }
      reached(results.size);
    }
  };
  const free = incidents.filter((each) => !inTurn.has(each)).values();
  await Promise.all(Array.from({ length: jobs }, () => work(free)));
  await work(inTurn);
  const all = incidents.map((indexed) => results.get(indexed) ?? { ...identity(indexed), ...notSent });
  return { rows, skipped, goesOn, incidents: all, position: last, stopped };
}

const identity = ({ externalId, versions }: IndexedIncident) => ({
  externalId,
  place: versions[0]!.place,
  older: versions.slice(1).map(({ place }) => place),
});

const notSent = { ...nothing, outcome: 'not sent' } as const;
const unwritable = ({ message }: RangeError) =>
  ({ ...nothing, outcome: 'skipped', because: `it cannot be sent: ${message}` }) as const;

async function read(file: ExportedFile, { versions }: IndexedIncident): Promise<United> {
  const rows = await Promise.all(versions.map(({ place }) => file.row(place)));
  return unite(
    rows.map((row) => {
      const recognised = recognise(row);
      return recognised.kind === 'neither' ? row : recognised.graph;
    }),
  );
}
