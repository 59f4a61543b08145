import { DeciderRunner, catalogue } from '#event-store';
import type { EventLog } from '#event-store';
import { incidentDecider, reportedAlertDecider, schemas, viewsDecider } from '#incidents';
import type { AlertEvent, Incident, IncidentEvent, ReportedAlert, SavedViews, ViewEvent } from '#incidents';
import { AlertDesk } from './alert-desk.js';
import { AlertHints } from './alert-hints.js';
import type { LastSeen } from './alert-hints.js';
import { AlertIntake } from './alert-intake.js';
import { AlertsAlong } from './alerts-along.js';
import { Arrivals } from './arrivals.js';
import { CommentsAlong } from './comments-along.js';
import { IncidentRegister } from './incident-register.js';
import { IncidentIntake } from './incident-intake.js';
import { ImportIncidents } from './plans/import-incidents.js';
import { MergeIncidents } from './plans/merge-incidents.js';
import { MoveAlerts } from './plans/move-alerts.js';
import { OpenIncidents } from './plans/open-incidents.js';
import { PlanLog } from './plans/plan-log.js';
import { Transfers } from './transfers.js';
import { Whereabouts } from './whereabouts.js';

/** Every event that Docket writes, and its present schema. */
export const docketEvents = catalogue(schemas);

export interface AssemblyOptions {
  readonly log: EventLog;
  readonly clock: () => Date;
  /** Where alerts were last seen. */
  readonly readModel: LastSeen;
}

export type Assembly = ReturnType<typeof assemble>;

/** What carries out commands in one process, put together: its parts share the folded streams. */
export function assemble({ log, clock, readModel }: AssemblyOptions) {
  const options = { clock, catalogue: docketEvents };
  const incidents = new DeciderRunner<Incident | undefined, IncidentEvent>(log, incidentDecider, options);
  const reports = new DeciderRunner<ReportedAlert | undefined, AlertEvent>(log, reportedAlertDecider, options);
  const views = new DeciderRunner<SavedViews, ViewEvent>(log, viewsDecider, options);
  const register = new IncidentRegister(log, clock);
  const plans = new PlanLog(log, clock);
  const hints = new AlertHints(log, readModel);
  const transfers = new Transfers(log, incidents);
  const whereabouts = new Whereabouts(incidents, transfers, hints);
  const desk = new AlertDesk(incidents, whereabouts, hints);
  const arrivals = new Arrivals(log, hints);
  const importIncidents = new ImportIncidents(plans, register, incidents);
  const intake = new AlertIntake({ log, reports, incidents, whereabouts, desk, arrivals });
  const alertsAlong = new AlertsAlong(incidents, reports, intake);
  const commentsAlong = new CommentsAlong(incidents, whereabouts, desk);
  return {
    log,
    clock,
    incidents,
    views,
    register,
    plans,
    desk,
    arrivals,
    openIncidents: new OpenIncidents(plans, register, incidents),
    importIncidents,
    moveAlerts: new MoveAlerts(plans, register, incidents, whereabouts, transfers),
    mergeIncidents: new MergeIncidents(plans, incidents, transfers),
    intake,
    incidentIntake: new IncidentIntake(importIncidents, incidents, transfers, alertsAlong, commentsAlong),
  };
}
