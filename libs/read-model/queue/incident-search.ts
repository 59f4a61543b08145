import { limits, severities, tagKey } from '#incidents';
import type { IncidentDocument } from '../incidents/incident-document.js';
import { withoutCase, wordsOf } from './words.js';

/** What the queue is searched and ordered by and nobody sees: made from the document when it is written. */
export interface SearchFields {
  /** Custom and system tags, without regard to case. */
  readonly tagKeys: string[];
  /** The words of the name, and the id. Those of impacted assets are in the collection `entities`. */
  readonly searchTokens: string[];
  /** Place in `severities`: 0 is the least severe. */
  readonly severityRank: number;
  /** The name without regard to case, cut off as names are. */
  readonly nameKey: string;
}

/** `parked`: an event of it could not be projected; what stands here is what it was before, and not to be shown. */
export type StoredIncident = IncidentDocument & SearchFields & { readonly parked?: true };

export function withSearchFields(document: IncidentDocument): StoredIncident {
  const { _id, displayName, customTags, systemTags, severity } = document;
  return {
    ...document,
    tagKeys: distinct([...customTags, ...systemTags].map(tagKey)),
    searchTokens: distinct([_id, ...wordsOf(displayName)]),
    severityRank: severities.indexOf(severity),
    // Without case some letters become many; a cursor has to hold it.
    nameKey: [...withoutCase(displayName)].slice(0, limits.displayName).join(''),
  };
}

const distinct = (values: string[]): string[] => [...new Set(values)];
