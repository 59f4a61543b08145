import { describe, it } from '@jest/globals';
import { limits } from '../vocabulary.js';
import { given, opened } from '../testing/scenario.js';
import { changeTags } from './tags.js';

describe('custom tags', () => {
  it('are trimmed and unique without regard to case; the first spelling stays', () => {
    given(opened())
      .when(changeTags({ add: ['  Finance ', 'FINANCE', 'VIP'] }))
      .then({ type: 'IncidentTagged', data: { kind: 'custom', tags: ['Finance', 'VIP'] } });
    given(opened({ customTags: ['Finance'] }))
      .when(changeTags({ add: ['finance'] }))
      .thenNothing();
  });

  it('are removed in any spelling', () => {
    given(opened({ customTags: ['Finance'] }))
      .when(changeTags({ remove: ['finance'] }))
      .then({ type: 'IncidentUntagged', data: { kind: 'custom', tags: ['Finance'] } });
  });

  it('that are both added and removed are added', () => {
    given(opened())
      .when(changeTags({ add: ['x'], remove: ['X'] }))
      .thenTypes('IncidentTagged');
  });

  it('are limited in number', () => {
    given(opened({ customTags: Array.from({ length: limits.tags }, (_, n) => `tag ${n}`) }))
      .when(changeTags({ add: ['one more'] }))
      .thenRefused({ refused: 'too-many-tags', incidentId: '1', limit: limits.tags });
  });
});
