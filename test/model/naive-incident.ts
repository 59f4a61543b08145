import { naiveName } from './naive-name.js';

/** An alert as the model has it. */
export interface NaiveAlert {
  readonly title: string;
  readonly severity: string;
  readonly category: string | null;
  readonly serviceSource: string;
  readonly devices: readonly string[];
  readonly status: string;
  readonly assignedTo: string | null;
  readonly classification: string | null;
  readonly determination: string | null;
  /** What it was until its incident was resolved. */
  readonly closedFrom?: string | undefined;
}

/** An incident as the model has it: written from docs/reference/rules.md, and knowing nothing of the code that it is compared with. */
export interface NaiveIncident {
  readonly incidentId: string;
  readonly displayName: string;
  readonly nameIsAutomatic: boolean;
  readonly severity: string;
  readonly severityIsAutomatic: boolean;
  readonly status: string;
  readonly assignedTo: string | null;
  readonly classification: string | null;
  readonly determination: string | null;
  readonly customTags: readonly string[];
  readonly isEmptied: boolean;
  readonly redirectIncidentId: string | null;
  readonly alerts: ReadonlyMap<string, NaiveAlert>;
}

export type Alerts = NaiveIncident['alerts'];

export const openedIncident = (incidentId: string, but: Partial<NaiveIncident> = {}): NaiveIncident => ({
  incidentId,
  displayName: `Incident ${incidentId}`,
  nameIsAutomatic: true,
  severity: 'unknown',
  severityIsAutomatic: true,
  status: 'active',
  assignedTo: null,
  classification: null,
  determination: null,
  customTags: [],
  isEmptied: false,
  redirectIncidentId: null,
  alerts: new Map(),
  ...but,
});

/** The same alerts, each changed. */
export const eachAlert = (alerts: Alerts, change: (alert: NaiveAlert) => Partial<NaiveAlert>): Alerts =>
  new Map([...alerts].map(([id, alert]) => [id, { ...alert, ...change(alert) }]));

/** With other alerts: name and severity are found anew where they are automatic and there is something to find them from. */
export function withAlerts(incident: NaiveIncident, alerts: Alerts): NaiveIncident {
  const all = [...alerts.values()];
  const isEmptied = all.length === 0 && (incident.isEmptied || incident.alerts.size > 0);
  if (all.length === 0) return { ...incident, alerts, isEmptied };
  return {
    ...incident,
    alerts,
    isEmptied,
    displayName: incident.nameIsAutomatic ? naiveName(all) : incident.displayName,
    severity: incident.severityIsAutomatic ? highest(all) : incident.severity,
  };
}

/** Alerts come: they get the owner where they have none, and are closed where the incident is resolved. */
export function coming(incident: NaiveIncident, alerts: Alerts): NaiveIncident {
  const changed = eachAlert(alerts, ({ status, assignedTo }) => ({
    assignedTo: assignedTo ?? incident.assignedTo,
    ...(incident.status === 'resolved' && status !== 'resolved' && { status: 'resolved', closedFrom: status }),
  }));
  return withAlerts(incident, new Map([...incident.alerts, ...changed]));
}

const severities = ['unknown', 'informational', 'low', 'medium', 'high'];

export const highest = (alerts: readonly NaiveAlert[]): string =>
  severities[Math.max(...alerts.map(({ severity }) => severities.indexOf(severity)))]!;
