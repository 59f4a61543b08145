import type { AlertMovedIn, AlertMovedOut, IncidentAbsorbed, IncidentMerged } from '#incidents';
import { carriedOut, tagsAfter } from './naive-commands.js';
import type { NaiveCommand } from './naive-commands.js';
import { coming, eachAlert, openedIncident, withAlerts } from './naive-incident.js';
import type { NaiveAlert, NaiveIncident } from './naive-incident.js';

/** A docket in a few maps. It is told what was sent and in which order it took effect, and says what every incident is then. */
export class NaiveDocket {
  readonly incidents = new Map<string, NaiveIncident>();
  /** What was reported of each alert, by the revision in its stream. */
  private readonly reports = new Map<string, any[]>();
  /** By the transfer. */
  private readonly onTheirWay = new Map<string, Map<string, NaiveAlert>>();
  private readonly merged = new Map<string, NaiveIncident>();
  /** Incidents that have, or once had, an owner. */
  private readonly owned = new Set<string>();

  reported(alertId: string, body: any): void {
    this.reports.set(alertId, [...(this.reports.get(alertId) ?? []), body]);
  }

  opened(incidentId: string, { displayName, severity, customTags = [] }: any): void {
    const named = displayName === undefined ? {} : { displayName, nameIsAutomatic: false };
    const set = severity === undefined ? {} : { severity, severityIsAutomatic: false };
    const tags = { customTags: tagsAfter([], { add: customTags }) };
    this.incidents.set(incidentId, openedIncident(incidentId, { ...named, ...set, ...tags }));
  }

  /** Alerts are routed to an incident; the first ones open it. */
  added(incidentId: string, alertIds: readonly string[]): void {
    const alerts = new Map(alertIds.map((alertId) => [alertId, alertOf(this.reportOf(alertId, 0))]));
    this.put(coming(this.incidents.get(incidentId) ?? openedIncident(incidentId), alerts));
  }

  updated(incidentId: string, alertId: string, revision: number): void {
    const incident = this.get(incidentId);
    const before = incident.alerts.get(alertId);
    if (!before) throw new Error(`updates alert ${alertId}, which is not in it`);
    const { title, severity, category, serviceSource, devices } = alertOf(this.reportOf(alertId, revision));
    const after = { ...before, title, severity, category, serviceSource, devices };
    this.put(withAlerts(incident, new Map(incident.alerts).set(alertId, after)));
  }

  /** `wanted`: the alerts that the command named. */
  left(incidentId: string, transferId: string, { alerts }: AlertMovedOut['data'], wanted: readonly string[]): void {
    const incident = this.get(incidentId);
    const leaving = new Map<string, NaiveAlert>();
    for (const { alertId } of alerts) {
      const alert = incident.alerts.get(alertId);
      if (!alert || !wanted.includes(alertId))
        throw new Error(`lets alert ${alertId} go, which is not in it or not named`);
      leaving.set(alertId, { ...alert, closedFrom: undefined });
    }
    this.onTheirWay.set(transferId, leaving);
    this.put(withAlerts(incident, new Map([...incident.alerts].filter(([alertId]) => !leaving.has(alertId)))));
  }

  arrived(incidentId: string, { transferId, alerts }: AlertMovedIn['data']): void {
    const travelling = this.onTheirWay.get(transferId) ?? this.onTheirWay.get(transferId.replace(/\/\d+$/, ''));
    const arriving = new Map<string, NaiveAlert>();
    for (const { alertId } of alerts) {
      const alert = travelling?.get(alertId);
      if (!alert) throw new Error(`takes alert ${alertId}, which is not on its way`);
      arriving.set(alertId, alert);
      travelling!.delete(alertId);
    }
    this.put(coming(this.incidents.get(incidentId) ?? openedIncident(incidentId), arriving));
  }

  mergedInto(incidentId: string, transferId: string, { toIncidentId }: IncidentMerged['data']): void {
    const incident = this.get(incidentId);
    this.merged.set(transferId, incident);
    this.onTheirWay.set(transferId, new Map(eachAlert(incident.alerts, () => ({ closedFrom: undefined }))));
    this.put({ ...incident, alerts: new Map(), redirectIncidentId: toIncidentId });
  }

  /** The target has no owner, and takes over that of an incident that is merged into it, for those of its alerts that have none. */
  ownerTakenOver(incidentId: string, assignedTo: string): void {
    const incident = this.get(incidentId);
    if (incident.assignedTo !== null) throw new Error('takes over an owner, and has one');
    if (![...this.merged.values()].some((from) => from.assignedTo === assignedTo))
      throw new Error(`takes over ${assignedTo}, who had nothing that was merged`);
    const alerts = eachAlert(incident.alerts, (alert) => ({ assignedTo: alert.assignedTo ?? assignedTo }));
    this.put({ ...incident, assignedTo, alerts });
  }

  /** What else the target takes over: tags, and where it has none a judgement and the beginning of the work. */
  absorbed(incidentId: string, { transferId }: IncidentAbsorbed['data']): void {
    const incident = this.get(incidentId);
    const from = this.merged.get(transferId);
    if (!from) throw new Error('absorbs what was not merged');
    if (from.assignedTo !== null && !this.owned.has(incidentId)) throw new Error('takes over no owner, and has none');
    const isUnjudged =
      incident.classification === null ||
      (incident.classification === from.classification && incident.determination === null);
    const takesJudgement = isUnjudged && from.classification !== null;
    this.put({
      ...incident,
      customTags: tagsAfter(incident.customTags, { add: from.customTags }),
      ...(takesJudgement && { classification: from.classification, determination: from.determination }),
      status: incident.status === 'active' && from.status === 'inProgress' ? 'inProgress' : incident.status,
    });
  }

  commanded(incidentId: string, command: NaiveCommand): void {
    const after = carriedOut(this.get(incidentId), command);
    if ('refused' in after) throw new Error(`does what is to be refused: ${after.refused}`);
    this.put(after);
  }

  get(incidentId: string): NaiveIncident {
    const incident = this.incidents.get(incidentId);
    if (!incident) throw new Error(`changes incident ${incidentId} before it was opened`);
    if (incident.redirectIncidentId !== null) throw new Error('changes an incident that was merged');
    return incident;
  }

  private put(incident: NaiveIncident): void {
    this.incidents.set(incident.incidentId, incident);
    if (incident.assignedTo !== null) this.owned.add(incident.incidentId);
  }

  private reportOf(alertId: string, revision: number): any {
    const report = this.reports.get(alertId)?.[revision];
    if (!report) throw new Error(`speaks of report ${revision} of alert ${alertId}, which nobody sent`);
    return report;
  }
}

const alertOf = ({ title, severity, category, serviceSource, evidence, status, assignedTo }: any): NaiveAlert => ({
  title,
  severity,
  category,
  serviceSource,
  devices: evidence.map(({ deviceDnsName }: { deviceDnsName: string }) => deviceDnsName),
  status,
  assignedTo: assignedTo ?? null,
  classification: null,
  determination: null,
});
