import type { AlertSummary, IncidentEvent } from '#incidents';

/** The alerts that an event brings to its incident, and those that it takes away; one that is reported anew is in both. */
export interface AlertsComing {
  readonly coming: readonly AlertSummary[];
  readonly leaving: readonly AlertSummary[];
}

/** Undefined where an event neither brings nor takes alerts. A merge takes all, which stand in no event. */
export function alertsComing(event: IncidentEvent): AlertsComing | undefined {
  switch (event.type) {
    case 'AlertAdded':
      return { coming: [event.data.alert], leaving: [] };
    case 'AlertMovedIn':
      return { coming: event.data.alerts, leaving: [] };
    case 'AlertMovedOut':
      return { coming: [], leaving: event.data.alerts };
    case 'AlertUpdated':
      return { coming: [event.data.alert], leaving: [event.data.previous] };
    default:
      return undefined;
  }
}
