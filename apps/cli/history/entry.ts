import type { HistoryEntry, PresentedAlert, PresentedIncident } from '#read-model';

/** An entry of the comments and history, as GET /v1/incidents/{id}/history answers it. */
export type Entry = HistoryEntry;
export type Incident = PresentedIncident;
export type Alert = PresentedAlert;

export const pathOf = (incidentId: string): string => `/v1/incidents/${encodeURIComponent(incidentId)}`;
export const historyPathOf = (incidentId: string): string => `${pathOf(incidentId)}/history`;
