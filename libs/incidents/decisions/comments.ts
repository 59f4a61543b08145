import { onIncident } from '../decision.js';
import { onAlert } from './on-alert.js';

/** Comments are stored as sent and never edited. */
export const comment = ({ comment }: { comment: string }) =>
  onIncident(() => [{ type: 'IncidentCommented', data: { comment } }]);

export const commentOnAlert = (alertId: string, { comment }: { comment: string }) =>
  onAlert(alertId, () => [{ type: 'AlertCommented', data: { alertId, comment } }]);
