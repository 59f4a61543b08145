import type { Command, Execution, ExecuteOptions } from '#event-store';
import { streams } from '#incidents';
import type { Decision, Incident, IncidentEvent, Refusal } from '#incidents';
import type { AlertHints } from './alert-hints.js';
import type { Incidents } from './transfers.js';
import type { Whereabouts } from './whereabouts.js';

type Decide = (incident: Incident | undefined) => Decision;

/** The alert has moved on, maybe to an incident that is not even opened yet, or its incident was merged. */
const notHere: ReadonlySet<Refusal['refused']> = new Set(['unknown-alert', 'unknown-incident', 'incident-redirected']);

/** What became of a command on an alert, and in which incident. */
export type AlertExecution = Execution<IncidentEvent, Refusal> & { readonly incidentId: string | undefined };

/** Carries out commands on alerts, in whichever incident they are. */
export class AlertDesk {
  constructor(
    private readonly incidents: Incidents,
    private readonly whereabouts: Whereabouts,
    private readonly hints: AlertHints,
  ) {}

  /** `decide` refuses `unknown-alert` where the alert is not in the incident that it is asked about. */
  async decide(
    alertId: string,
    command: Command,
    decide: Decide,
    options: ExecuteOptions = {},
  ): Promise<AlertExecution> {
    let incidentId = await this.hints.incidentOf(alertId);
    while (incidentId !== undefined) {
      const repeated = await this.repeatOf(command, incidentId, alertId);
      if (repeated) return repeated;
      // The revision is that of the incident that the alert is in, which need not be the one that the hint has.
      if (options.ifRevision !== undefined) incidentId = await this.whereabouts.followFrom(incidentId, alertId);
      const stream = streams.incident(incidentId);
      const execution = await this.incidents.execute(stream, command, decide, options);
      if (execution.outcome !== 'refused' || !notHere.has(execution.refusal.refused))
        return { ...execution, incidentId };
      incidentId = await this.whereabouts.followFrom(incidentId, alertId);
    }
    return { outcome: 'refused', refusal: { refused: 'unknown-alert', alertIds: [alertId] }, incidentId };
  }

  /**
   * The alert may have moved on since a command with this key was carried out: the incident that it was in then remembers it. To ask
   * an incident is to decide nothing there. Commands without a key are never repeated.
   */
  private async repeatOf(command: Command, incidentId: string, alertId: string): Promise<AlertExecution | undefined> {
    if (command.bodyHash === undefined) return undefined;
    for (const before of await this.whereabouts.before(incidentId, alertId)) {
      const execution = await this.incidents.execute<Refusal>(streams.incident(before), command, () => []);
      if (execution.outcome === 'repeated') return { ...execution, incidentId: before };
    }
    return undefined;
  }
}
