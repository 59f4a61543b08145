import type { CommentImported } from '../events.js';
import type { SourceIncident } from '../source-differences.js';

/** An incident somewhere else, as somebody left it. */
export const aSourceIncident = (but: Partial<SourceIncident> = {}): SourceIncident => ({
  externalId: '1923',
  externalSource: 'defender',
  externalUrl: null,
  tenantId: 't-1',
  displayName: 'Named there',
  status: 'active',
  severity: 'medium',
  classification: null,
  determination: null,
  assignedTo: null,
  description: null,
  resolvingComment: null,
  customTags: [],
  systemTags: [],
  createdDateTime: '2023-05-13T23:55:09.2933333Z',
  lastUpdateDateTime: '2023-05-14T00:26:05.5933333Z',
  resolvedDateTime: null,
  lastModifiedBy: null,
  other: {},
  contentHash: 'first version',
  ...but,
});

export const aComment = (comment: string, alertId: string | null = null): CommentImported['data'] => ({
  comment,
  by: 'Jane',
  createdDateTime: '2023-05-14T00:00:00Z',
  alertId,
  other: {},
  contentHash: `${comment} on ${String(alertId)}`,
});
