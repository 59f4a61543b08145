import { isDeepStrictEqual } from 'node:util';
import { incidentDecider, streams } from '#incidents';
import type { Incident } from '#incidents';
import { NaiveDocket } from './naive-docket.js';
import { RefusalsAndNoOps } from './refusals-and-no-ops.js';
import { commandIn, reportIn } from './sending.js';
import type { Sending } from './sending.js';
import { ofFold, ofModel } from './seen-alike.js';
import type { Slice, Step } from './slice.js';

/**
 * Lets the model do what was sent, in the order of the log, and compares it with the fold of the events after each step. Gives back where they
 * differ: at most one difference, for what follows from it says nothing.
 */
export function differences(slice: Slice, sendings: readonly Sending[]): string[] {
  const bySending = new Map(sendings.map((sending) => [sending.correlationId, sending]));
  const model = new NaiveDocket();
  const answers = new RefusalsAndNoOps(model, slice, sendings);
  const fold = new Map<string, Incident>();
  for (const [index, step] of slice.steps.entries()) {
    try {
      follow(model, step, bySending.get(step.correlationId));
      if (!step.stream.startsWith(streams.incident(''))) continue;
      const incident = folded(fold, step);
      const [told, expected] = [ofFold(incident), ofModel(model.incidents.get(incident.incidentId)!)];
      if (!isDeepStrictEqual(told, expected))
        return [`${placeOf(step)} makes it ${JSON.stringify(told)}, and the model ${JSON.stringify(expected)}`];
      answers.after(step, slice.steps[index + 1]);
    } catch (error) {
      return [`${placeOf(step)} ${(error as Error).message}`];
    }
  }
  return answers.unexplained();
}

const placeOf = ({ stream, events }: Step): string =>
  `${stream} ${events[0].revision} (${events.map(({ type }) => type).join(', ')})`;

function folded(fold: Map<string, Incident>, { stream, events }: Step): Incident {
  let incident = fold.get(stream);
  for (const event of events) incident = incidentDecider.evolve(incident, event as never);
  fold.set(stream, incident!);
  return incident!;
}

/** Tells the model what happened: what was sent is taken from there, not from the events. */
function follow(model: NaiveDocket, { stream, events }: Step, sending: Sending | undefined): void {
  const incidentId = stream.slice(streams.incident('').length);
  const first = events.find(({ type }) => type !== 'IncidentOpened') ?? events[0];
  switch (first.type) {
    case 'AlertReported':
    case 'AlertReportUpdated':
      return model.reported(first.data.report.id, reportIn(sent(sending), first.data.report.id));
    case 'AlertAdded':
      return model.added(
        incidentId,
        events.flatMap(({ type, data }) => (type === 'AlertAdded' ? [data.alert.alertId] : [])),
      );
    case 'AlertUpdated':
      return model.updated(incidentId, first.data.alert.alertId, first.data.alert.reportRevision);
    case 'AlertMovedOut':
      return model.left(incidentId, first.id, first.data, sent(sending).body.alertIds);
    case 'AlertMovedIn':
      return model.arrived(incidentId, first.data);
    case 'IncidentMerged':
      return model.mergedInto(incidentId, first.id, first.data);
    case 'IncidentAbsorbed':
      return model.absorbed(incidentId, first.data);
    case 'AlertsTurnedAway':
      if (model.get(incidentId).status === 'resolved') return;
      throw new Error('turns alerts away that it should take');
    case 'IncidentOpened':
      return model.opened(incidentId, sent(sending).body);
    case 'IncidentAssigned':
      if (sent(sending).path === '/v1/incidents/merge') return model.ownerTakenOver(incidentId, first.data.assignedTo);
      return model.commanded(incidentId, commandIn(sent(sending), incidentId));
    default:
      if (isOfIncident(stream)) model.commanded(incidentId, commandIn(sent(sending), incidentId));
  }
}

function sent(sending: Sending | undefined): Sending {
  if (!sending) throw new Error('was written, and nobody asked for it');
  return sending;
}

const isOfIncident = (stream: string): boolean => stream.startsWith(streams.incident(''));
