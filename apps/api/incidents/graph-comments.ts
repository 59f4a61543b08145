import { limits } from '#incidents';
import type { CommentImported } from '#incidents';
import { GraphFields, isObject, isTimestamp } from '../alerts/graph-fields.js';
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
    if (typeof comment !== 'string' || sizeOf(raw) > bodyLimits.alert) {
      from.refuse('comments', `must have text as \`comment\`, and ${bodyLimits.alert} bytes at most`);
      return [];
    }
    const written = GraphFields.of(raw, { what: 'A comment', adapts: true });
    written.take('comment');
    const by = authorOf(written);
    const createdDateTime = timeOf(written);
    from.adapted.push(...written.adapted.map((each) => ({ ...each, property: `comments.${each.property}` })));
    const contentHash = hashOf([by, createdDateTime, alertId, comment]);
    return [{ comment, by, createdDateTime, alertId, other: written.beside(), contentHash }];
  });
}

/** What is no text is no name: it is kept beside. */
function authorOf(written: GraphFields): string | null {
  const name = ['createdByDisplayName', 'createdBy'].find((each) => isText(written.raw[each]));
  return name === undefined ? null : written.text(name, limits.displayName);
}

function timeOf(written: GraphFields): string | null {
  for (const name of ['createdDateTime', 'createdTime']) {
    const said = written.raw[name] ?? '';
    if (said === '') continue;
    if (isTimestamp(said)) return written.time(name);
    written.adapt(name, null, 'it is not a time with its zone');
  }
  return null;
}

const isText = (value: unknown): boolean => typeof value === 'string' && value.trim() !== '';
