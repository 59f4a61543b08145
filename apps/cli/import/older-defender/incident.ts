import type { Row } from '../reading/exported-file.js';
import { graphAlert } from './alert.js';
import { each, renamed, text } from './renamed.js';
import type { Names } from './renamed.js';

const comment: Names = {
  createdBy: 'createdByDisplayName',
  createdTime: 'createdDateTime',
};

const incident: Names = {
  incidentId: ['id', text],
  redirectIncidentId: ['redirectIncidentId', text],
  incidentName: 'displayName',
  incidentUri: 'incidentWebUrl',
  createdTime: 'createdDateTime',
  lastUpdateTime: 'lastUpdateDateTime',
  tags: 'customTags',
  comments: ['comments', each((row) => renamed(row, comment))],
  alerts: ['alerts', each(graphAlert)],
};

/** An incident of the Microsoft 365 Defender API (`GET /api/incidents`) as Graph would have it; what Graph has no place for stays. */
export const graphIncident = (row: Row): Row => renamed(row, incident);
