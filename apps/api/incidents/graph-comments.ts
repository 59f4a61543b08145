import type { CommentImported } from '#incidents';
import { isObject } from '../alerts/graph-fields.js';
import type { GraphFields } from '../alerts/graph-fields.js';
import { bodyLimits, sizeOf } from '../http/body-parsers.js';
import { hashOf } from '../http/envelope.js';

type Comment = CommentImported['data'];

/** The comments on an incident, or on one of its alerts, also in the spelling of older versions. A comment without words says nothing. */
export function readComments(from: GraphFields, alertId: string | null): Comment[] {
  const said = from.raw.comments ?? [];
  if (!Array.isArray(said) || !said.every(isObject)) {
    from.refuse('comments', 'must be an array of objects, null or left out');
    return [];
  }
  return said.flatMap((raw) => {
    const comment = raw.comment ?? null;
    if (comment === null || (typeof comment === 'string' && comment.trim() === '')) {
      from.adapted.push({ property: 'comments', from: raw, to: null, because: 'it has no words' });
      return [];
    }
    if (typeof comment !== 'string' || sizeOf(comment) > bodyLimits.alert) {
      from.refuse('comments', `must have text of at most ${bodyLimits.alert} bytes as \`comment\``);
      return [];
    }
    const by = textOf(raw.createdByDisplayName) ?? textOf(raw.createdBy);
    const createdDateTime = textOf(raw.createdDateTime) ?? textOf(raw.createdTime);
    const contentHash = hashOf([by, createdDateTime, alertId, comment]);
    return [{ comment, by, createdDateTime, alertId, contentHash }];
  });
}

const textOf = (value: unknown): string | null => (typeof value === 'string' && value.trim() !== '' ? value : null);
