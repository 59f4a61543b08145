import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Destination } from '../destination.js';
import { importIncidents } from '../import-incidents.js';
import type { Imported } from '../import-incidents.js';
import { indexIncidents } from '../incident-index.js';
import { ExportedFile } from '../reading/exported-file.js';
import type { ImportRequest } from '../requests.js';
import { commentsOf } from '../united.js';

/** Takes everything, and answers as Docket does. */
export const takesAll: Destination = async ({ incident: { alerts, ...incident } }) => ({
  incidentId: '7',
  outcome: 'imported',
  position: '12',
  adapted: [],
  differences: [],
  alerts: alerts.map((alert) => ({ id: (alert as { id: string }).id, outcome: 'imported', incidentId: '7' })),
  comments: { imported: [incident, ...alerts].reduce<number>((sum, row) => sum + commentsOf(row).length, 0) },
});

/** Imports a file of these rows, one a line; what is text stands there as it is. */
export async function bring(
  rows: readonly unknown[],
  destination = takesAll,
): Promise<Imported & { requests: ImportRequest[] }> {
  const folder = await mkdtemp(join(tmpdir(), 'docket-import-'));
  const path = join(folder, 'exported');
  await writeFile(path, rows.map((row) => `${typeof row === 'string' ? row : JSON.stringify(row)}\n`).join(''));
  const file = await ExportedFile.open(path);
  const requests: ImportRequest[] = [];
  const noting: Destination = (request) => {
    requests.push(request);
    return destination(request);
  };
  const index = await indexIncidents(file);
  const imported = await importIncidents(file, index, { source: 'defender', destination: noting, jobs: 2 });
  await file.close();
  await rm(folder, { recursive: true });
  return { ...imported, requests };
}

export const at = (time: string, more: object = {}) => ({ lastUpdateDateTime: time, ...more });

export const said = (comment: string) => ({
  comment,
  createdByDisplayName: 'ana',
  createdDateTime: '2026-01-01T00:00:00Z',
});
