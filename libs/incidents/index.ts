export * from './vocabulary.js';
export * from './alert-report.js';
export * from './events.js';
export type { Decision, Refusal } from './decision.js';
export { incidentDecider } from './incident.js';
export type { Departure, Incident } from './incident.js';
export { reportAlert, reportedAlertDecider } from './reported-alert.js';
export type { ReportedAlert } from './reported-alert.js';
export * from './decisions/index.js';
