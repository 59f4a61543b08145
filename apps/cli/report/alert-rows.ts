import { exitCodes } from '../exit-codes.js';
import type { Skipped } from '../import/incident-index.js';
import { recognise } from '../import/kind.js';
import type { ExportedFile } from '../import/reading/exported-file.js';
import type { Place } from '../import/reading/row-scanner.js';
import { rowsOf } from '../import/reading/rows.js';
import { Refusal } from '../refusal.js';

export interface AlertRows {
  readonly rows: number;
  readonly alerts: readonly Place[];
  readonly skipped: readonly Skipped[];
  /** The line of the last page, where that says that there are further ones. */
  readonly goesOn: number | undefined;
}

/**
 * Where the alerts of a file are. Throws Refusal where an incident is among them: an import keeps what a report of its alerts would lose.
 */
export async function alertRows(file: ExportedFile): Promise<AlertRows> {
  const alerts: Place[] = [];
  const skipped: Skipped[] = [];
  let goesOn: number | undefined;
  for await (const found of rowsOf(file)) {
    if ('goesOn' in found) {
      goesOn = found.goesOn;
      continue;
    }
    if ('unreadable' in found) {
      const { lastLine, reason, ...place } = found.unreadable;
      skipped.push({ ...place, ...(lastLine > place.line && { lastLine }), because: reason });
      continue;
    }
    const { line, nth } = found.place;
    const row = recognise(await file.row(found.place));
    if (row.kind === 'incident')
      throw new Refusal(
        `${file.name} has an incident on line ${line}: bring incidents along with docket import. Nothing was reported`,
        exitCodes.failed,
      );
    if (row.kind === 'alert') alerts.push(found.place);
    else skipped.push({ line, nth, because: row.because });
  }
  return { rows: alerts.length + skipped.length, alerts, skipped, goesOn };
}
