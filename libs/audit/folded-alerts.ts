import { createHash } from 'node:crypto';
import type { RecordedEvent } from '#event-store';
import type { AlertEvent, IncidentEvent } from '#incidents';
import { alertChanges, reportedAlert } from '#read-model';
import type { AlertDocument } from '#read-model';
import { PackedTexts } from './packed-texts.js';

/**
 * The documents of all alerts of a log, folded in memory as the projection writes them, less than a kilobyte for each: of a report's
 * text only the hash is kept.
 */
export class FoldedAlerts {
  private readonly texts = new PackedTexts();

  /** Events in the order of the log. Throws as alertChanges does. */
  apply(event: RecordedEvent<AlertEvent | IncidentEvent>): void {
    if (event.type === 'AlertReported') {
      if (this.texts.get(event.data.report.id) === undefined) this.set(withHash(reportedAlert(event)));
      return;
    }
    for (const { alertIds, set, comments = 0 } of alertChanges(event))
      for (const alertId of alertIds) {
        const alert = this.get(alertId);
        if (!alert) continue;
        const commentCount = alert.commentCount + comments;
        this.set({ ...alert, ...withHash(set), commentCount, position: event.position });
      }
  }

  /** As `withHash` gives it; undefined where nobody reported it. */
  get(alertId: string): AlertDocument | undefined {
    const text = this.texts.get(alertId);
    return text === undefined ? undefined : documentOf(text);
  }

  delete(alertId: string): void {
    this.texts.delete(alertId);
  }

  *[Symbol.iterator](): Generator<AlertDocument> {
    for (const text of this.texts.values()) yield documentOf(text);
  }

  private set(document: AlertDocument): void {
    const { position, reportedPosition } = document;
    this.texts.set(
      document._id,
      JSON.stringify({ ...document, position: String(position), reportedPosition: String(reportedPosition) }),
    );
  }
}

/** The hash of a report's text in the place of the text. */
export function withHash<T extends { readonly reportText?: string }>(values: T): T {
  const { reportText } = values;
  if (reportText === undefined) return values;
  return { ...values, reportText: createHash('sha256').update(reportText).digest('base64') };
}

function documentOf(text: string): AlertDocument {
  const { position, reportedPosition, ...document } = JSON.parse(text) as Omit<
    AlertDocument,
    'position' | 'reportedPosition'
  > & { position: string; reportedPosition: string };
  return { ...document, position: BigInt(position), reportedPosition: BigInt(reportedPosition) };
}
