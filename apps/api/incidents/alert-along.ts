import { contentOf } from '#incidents';
import { Problem } from '#platform';
import type { AlertAlong } from '#process-managers';
import { readGraphAlert } from '../alerts/graph-alert.js';
import { GraphFields } from '../alerts/graph-fields.js';
import type { Adaptation, Raw } from '../alerts/graph-fields.js';
import { hashOf } from '../http/envelope.js';
import { readComments } from './graph-comments.js';

export interface ReadAlong {
  readonly along: AlertAlong;
  readonly adapted: readonly (Adaptation & { readonly alertId: string })[];
}

/** Reads one of the alerts that come along with an incident. One that cannot be read is the problem that it has. */
export function readAlertAlong(raw: unknown, now: string): ReadAlong | Problem {
  try {
    const { report, adapted } = readGraphAlert(raw, now, { imported: true });
    const alertId = report.id;
    const fields = GraphFields.of({ comments: report.other.comments }, { what: 'An alert' });
    const comments = readComments(fields, alertId);
    fields.assertReadable();
    return {
      along: { report, contentHash: hashOf(contentOf(raw as Raw)), comments },
      adapted: [...adapted, ...fields.adapted].map((each) => ({ ...each, alertId })),
    };
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
}
