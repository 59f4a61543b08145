import { recognise } from './kind.js';
import { byInstant } from './instant.js';
import type { ExportedFile, Row } from './reading/exported-file.js';
import type { Place } from './reading/row-scanner.js';
import { rowsOf } from './reading/rows.js';
import { alertIdOf, alertsOf } from './united.js';

/** A row that no incident can be made of. */
export interface Skipped {
  readonly line: number;
  /** Of an unreadable stretch. */
  readonly lastLine?: number;
  readonly nth?: number;
  readonly externalId?: string;
  readonly because: string;
}

/** All rows of one incident, the newest version first. */
export interface IndexedIncident {
  readonly externalId: string;
  readonly versions: readonly Version[];
  /** An incident before it in the file has an alert of it too: the alert belongs to that one. */
  readonly sharesAlerts: boolean;
}

export interface Version {
  readonly place: Place;
  readonly lastUpdateDateTime: unknown;
}

export interface IncidentIndex {
  readonly rows: number;
  readonly incidents: readonly IndexedIncident[];
  readonly skipped: readonly Skipped[];
  /** The line of the last page, where that says that there are further ones. */
  readonly goesOn: number | undefined;
}

/** Goes through a file once; of each incident it remembers only where its rows are, and of alerts their ids. `reached` is told how many bytes are done. */
export async function indexIncidents(
  file: ExportedFile,
  reached: (bytes: number) => void = () => undefined,
): Promise<IncidentIndex> {
  const versions = new Map<string, Version[]>();
  const firstWith = new Map<unknown, string>();
  const sharing = new Set<string>();
  const skipped: Skipped[] = [];
  let rows = 0;
  let goesOn: number | undefined;
  for await (const found of rowsOf(file)) {
    if ('goesOn' in found) {
      goesOn = found.goesOn;
      continue;
    }
    rows += 1;
    if ('unreadable' in found) {
      const { lastLine, reason, ...place } = found.unreadable;
      skipped.push({ ...place, ...(lastLine > place.line && { lastLine }), because: reason });
      continue;
    }
    const { place } = found;
    reached(place.offset + place.length);
    const row = recognise(await file.row(place));
    const { line, nth } = place;
    if (row.kind !== 'incident') {
      skipped.push({
        line,
        nth,
        because: row.kind === 'neither' ? row.because : 'is an alert: docket report takes it',
      });
      continue;
    }
    const externalId = idOf(row.graph);
    if (externalId === undefined) {
      skipped.push({ line, nth, because: 'its id is neither text nor a number' });
      continue;
    }
    const version = { place, lastUpdateDateTime: row.graph.lastUpdateDateTime };
    const known = versions.get(externalId);
    if (known) known.push(version);
    else versions.set(externalId, [version]);
    for (const id of alertsOf(row.graph)
      .map(alertIdOf)
      .filter((id) => id !== undefined))
      if (!firstWith.has(id)) firstWith.set(id, externalId);
      else if (firstWith.get(id) !== externalId) sharing.add(externalId);
  }
  const incidents = [...versions].map(([externalId, rows]) => ({
    ...{ externalId, versions: newestFirst(rows) },
    sharesAlerts: sharing.has(externalId),
  }));
  return { rows, incidents, skipped, goesOn };
}

/** Of two with the same time the first in the file. */
const newestFirst = (versions: readonly Version[]): Version[] =>
  [...versions].sort((one, other) => byInstant(other.lastUpdateDateTime, one.lastUpdateDateTime));

const idOf = ({ id }: Row): string | undefined =>
  (typeof id === 'string' && id !== '') || typeof id === 'number' ? String(id) : undefined;
