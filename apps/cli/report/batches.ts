import { recognise } from '../import/kind.js';
import type { ExportedFile, Row } from '../import/reading/exported-file.js';
import type { Place } from '../import/reading/row-scanner.js';

/** An alert in Graph's names, and where it stands. */
export interface AlertRow {
  readonly place: Place;
  readonly alert: Row;
}

/** Limits of one POST /v1/alerts; bytes less what may be added to an alert. */
const largest = { bytes: 15 * 1_024 * 1_024, alerts: 1_000 };

/** The alerts at these places, in order, as many together as one request takes. */
export async function* batches(
  file: ExportedFile,
  places: readonly Place[],
  limits = largest,
): AsyncGenerator<readonly AlertRow[], void, void> {
  let batch: AlertRow[] = [];
  let bytes = 0;
  for (const place of places) {
    const row = await file.row(place);
    const recognised = recognise(row);
    const alert = recognised.kind === 'neither' ? row : recognised.graph;
    const size = Buffer.byteLength(JSON.stringify(alert));
    if (batch.length > 0 && (batch.length === limits.alerts || bytes + size > limits.bytes)) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push({ place, alert });
    bytes += size;
  }
  if (batch.length > 0) yield batch;
}
