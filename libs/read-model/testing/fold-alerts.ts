import type { RecordedEvent } from '#event-store';
import { alertChanges, reportedAlert } from '../alerts/alert-changes.js';
import type { AlertDocument } from '../alerts/alert-document.js';
import { isAlertEvent, isIncidentEvent } from '../events-of.js';

/** The alerts after all of `events`, one event at a time and in memory: what the projection must come to, however it is fed. */
export function foldAlerts(events: readonly RecordedEvent[]): Map<string, AlertDocument> {
  const alerts = new Map<string, AlertDocument>();
  for (const event of events) {
    if (!isIncidentEvent(event) && !isAlertEvent(event)) continue;
    if (event.type === 'AlertReported') {
      alerts.set(event.data.report.id, reportedAlert(event));
      continue;
    }
    for (const { alertIds, set, comments = 0 } of alertChanges(event))
      for (const alertId of alertIds) {
        const alert = alerts.get(alertId);
        if (!alert) continue;
        const commentCount = alert.commentCount + comments;
        alerts.set(alertId, { ...alert, ...set, commentCount, position: event.position });
      }
  }
  return alerts;
}
