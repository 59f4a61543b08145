import { severities, tagKey } from '#incidents';
import type { IncidentDocument } from './incident-document.js';

/** What the queue is searched and ordered by and nobody sees: made from the document when it is written. */
export interface SearchFields {
  /** Custom and system tags, without regard to case. */
  readonly tagKeys: string[];
  /** The words of the name, of the names of impacted assets, and the id. */
  readonly searchTokens: string[];
  /** Place in `severities`: 0 is the least severe. */
  readonly severityRank: number;
  readonly nameKey: string;
}

export type StoredIncident = IncidentDocument & SearchFields;

export function withSearchFields(document: IncidentDocument): StoredIncident {
  const { _id, displayName, impactedAssets, customTags, systemTags, severity } = document;
  return {
    ...document,
    tagKeys: distinct([...customTags, ...systemTags].map(tagKey)),
    searchTokens: distinct([_id, ...wordsOf(displayName), ...impactedAssets.flatMap(({ name }) => wordsOf(name))]),
    severityRank: severities.indexOf(severity),
    nameKey: withoutCase(displayName),
  };
}

/** As names are compared. */
export const withoutCase = (text: string): string => text.normalize('NFKC').toLowerCase();

/** Letters and digits in any script; everything else stands between words. A word counts up to its 64th character. */
export const wordsOf = (text: string): string[] =>
  (withoutCase(text).match(/[\p{L}\p{N}\p{M}]+/gu) ?? []).map((word) => [...word].slice(0, 64).join(''));

const distinct = (values: string[]): string[] => [...new Set(values)];
