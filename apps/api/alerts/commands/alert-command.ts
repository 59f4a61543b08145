import type { AlertDesk } from '#process-managers';
import type { Decision, Incident } from '#incidents';
import { Problem } from '#platform';
import type { Answer } from '../../http/answer.js';
import type { Sent } from '../../http/envelope.js';
import { refused } from '../../http/problem-of.js';
import { answerOf } from '../../incidents/incident-desk.js';
import type { CommandAnswer } from '../../openapi/models.js';
import { isAlertId } from '../graph-alert.js';

/** Something that somebody wants of one alert, in whichever incident it is. */
export abstract class AlertCommand<Body extends object = object> {
  constructor(
    readonly alertId: string,
    readonly body: Body,
    readonly sent: Sent,
  ) {}
}

/** @throws Problem where there is no such alert, or the domain refuses */
export async function decideOn(
  desk: AlertDesk,
  { alertId, sent: { command, ifRevision } }: AlertCommand,
  decide: (incident: Incident | undefined) => Decision,
): Promise<Answer<CommandAnswer>> {
  if (!isAlertId(alertId)) throw new Problem('unknown-alert', { extras: { alertIds: [alertId] } });
  const options = ifRevision === undefined ? {} : { ifRevision };
  const { incidentId, ...execution } = await desk.decide(alertId, command, decide, options);
  if (execution.outcome === 'refused') throw refused(execution.refusal);
  if (incidentId === undefined) throw new Error(`A command on alert ${alertId} was carried out in no incident`);
  return answerOf(incidentId, execution);
}
