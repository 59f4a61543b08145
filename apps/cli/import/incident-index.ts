import { recognise } from './kind.js';
import { newestFirst } from './instant.js';
import { isObject } from './older-defender/renamed.js';
import type { ExportedFile, Row } from './reading/exported-file.js';
import type { Place } from './reading/row-scanner.js';
import { rowsOf } from './reading/rows.js';
import { SharedAlerts } from './shared-alerts.js';
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

/** All rows of one incident of a tenant, the newest version first. */
export interface IndexedIncident {
  readonly externalId: string;
  readonly versions: readonly Version[];
}

export interface Version {
  readonly place: Place;
  readonly lastUpdateDateTime: unknown;
  /** In lower case. */
  readonly tenant: string | undefined;
}

export interface IncidentIndex {
  readonly rows: number;
  readonly incidents: readonly IndexedIncident[];
  /** Those of them that come after all others, one after the other in this order: they have alerts or an id with others in common. */
  readonly inTurn: ReadonlySet<IndexedIncident>;
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
  const shared = new SharedAlerts();
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
      skipped.push({
        line,
        nth,
        because: `its id is neither text nor a whole number up to ${Number.MAX_SAFE_INTEGER}`,
      });
      continue;
    }
    const { lastUpdateDateTime } = row.graph;
    const version = { place, lastUpdateDateTime, tenant: tenantOf(row.graph) };
    const known = versions.get(externalId);
    if (known) known.push(version);
    else versions.set(externalId, [version]);
    const alertIds = alertsOf(row.graph).flatMap((alert) => alertIdOf(alert) ?? []);
    shared.add({ externalId, time: lastUpdateDateTime }, alertIds);
  }
  const incidents = new Map([...versions].map(([externalId, all]) => [externalId, incidentsOf(externalId, all)]));
  const sharing = shared.inOrder().flatMap((externalId) => incidents.get(externalId)!);
  const ofFurtherTenants = [...incidents.values()].flatMap((tenants) => tenants.slice(1));
  const inTurn = new Set([...sharing, ...ofFurtherTenants]);
  return { rows, incidents: [...incidents.values()].flat(), inTurn, skipped, goesOn };
}

/** Ids are unique within a tenant; rows that name none are those of the only one. */
function incidentsOf(externalId: string, versions: readonly Version[]): IndexedIncident[] {
  const named = new Set(versions.flatMap(({ tenant }) => tenant ?? []));
  const ofTenant = (each?: string) => versions.filter(({ tenant }) => tenant === each);
  const tenants = named.size < 2 ? [versions] : [...new Set(versions.map(({ tenant }) => tenant))].map(ofTenant);
  return tenants.map((rows) => ({
    externalId,
    versions: newestFirst(rows, ({ lastUpdateDateTime }) => lastUpdateDateTime),
  }));
}

const tenantOf = (row: Row): string | undefined =>
  [row, ...alertsOf(row).filter(isObject)]
    .map(({ tenantId }) => tenantId)
    .find((id): id is string => typeof id === 'string' && id.trim() !== '')
    ?.toLowerCase();

const idOf = ({ id }: Row): string | undefined =>
  (typeof id === 'string' && id !== '') || Number.isSafeInteger(id) ? String(id) : undefined;
