import type { RecordedEvent } from '#event-store';
import type { IncidentEvent } from '#incidents';
import { FoldedIncident, alertChanges, incidentIdOf, presentAlert, presentIncident, reportedAlert } from '#read-model';
import type { AlertDocument, PresentedAlert, PresentedIncident } from '#read-model';

/** Every state that something had, in their order. */
export class PastStates<T extends { readonly position: string }> {
  readonly #states: { readonly position: bigint; readonly shown: T }[] = [];

  /** As it is shown from now on. Kept as JSON has it, as it comes over HTTP. */
  add(shown: T): void {
    this.#states.push({ position: BigInt(shown.position), shown: JSON.parse(JSON.stringify(shown)) as T });
  }

  /** As it became by the event at this position; undefined where none did that. */
  at(position: bigint): T | undefined {
    return this.#states.find((state) => state.position === position)?.shown;
  }

  /** The position of the last change up to there; undefined where it was not there yet. */
  lastChangeUpTo(position: bigint): bigint | undefined {
    return this.#states.findLast((state) => state.position <= position)?.position;
  }

  /** As it was then, and as it became later; empty where it was not there yet. */
  from(position: bigint): readonly T[] {
    const first = this.#states.findLastIndex((state) => state.position <= position);
    return first < 0 ? [] : this.#states.slice(first).map(({ shown }) => shown);
  }
}

/** All states of all incidents and alerts, by the pure fold of a log. */
export class History {
  readonly incidents = new Map<string, PastStates<PresentedIncident>>();
  readonly alerts = new Map<string, PastStates<PresentedAlert>>();

  constructor(events: readonly RecordedEvent[]) {
    const incidents = new Map<string, FoldedIncident>();
    const alerts = new Map<string, AlertDocument>();
    const seeAlert = (alert: AlertDocument) => {
      alerts.set(alert._id, alert);
      statesOf(this.alerts, alert._id).add(presentAlert(alert));
    };
    for (const event of structuredClone(events)) {
      if (event.stream.startsWith('incident-')) {
        const incidentId = incidentIdOf(event);
        const folded = incidents.get(incidentId) ?? new FoldedIncident();
        incidents.set(incidentId, folded);
        folded.apply(event as RecordedEvent<IncidentEvent>);
        statesOf(this.incidents, incidentId).add(presentIncident(folded.document!));
      }
      if (event.stream.startsWith('alert-') && event.type === 'AlertReported') {
        seeAlert(reportedAlert(event as Parameters<typeof reportedAlert>[0]));
        continue;
      }
      if (!/^(incident|alert)-/.test(event.stream)) continue;
      for (const { alertIds, set, comments = 0 } of alertChanges(event as Parameters<typeof alertChanges>[0]))
        for (const alert of alertIds.flatMap((alertId) => alerts.get(alertId) ?? []))
          seeAlert({ ...alert, ...set, commentCount: alert.commentCount + comments, position: event.position });
    }
  }
}

function statesOf<T extends { readonly position: string }>(all: Map<string, PastStates<T>>, id: string): PastStates<T> {
  const states = all.get(id) ?? new PastStates<T>();
  all.set(id, states);
  return states;
}
