import { onIncident } from '../decision.js';
import type { Decision, Disagreement, Refusal } from '../decision.js';
import type { IncidentEvent } from '../events.js';
import { redirectedTag } from '../incident.js';
import type { Incident } from '../incident.js';
import { limits } from '../vocabulary.js';
import type { CorrelationReason } from '../vocabulary.js';
import { classified } from './classification.js';
import { emptyTag } from './consequences.js';
import { distinctTags, tagKey } from './tags.js';

type Because = { readonly comment: string | null; readonly reasons: readonly CorrelationReason[] };

export type MergeChoice = { readonly toIncidentId: string; readonly fromIncidentIds: readonly string[] };

/**
 * Whether these incidents may become one, and which of them it will be: the one with the lowest number, so that redirects never go in a
 * circle. Nothing that somebody decided is overruled: no two owners, no two judgements; and none of them is resolved.
 */
export function chooseMerge(incidents: readonly Incident[]): MergeChoice | Refusal {
  for (const incident of incidents) {
    const refusal = onIncident(({ incidentId, status }) =>
      status === 'resolved' ? { refused: 'incident-resolved', incidentId } : [],
    )(incident);
    if ('refused' in refusal) return refusal;
  }
  const differences = properties.flatMap((property) => disagreement(incidents, property));
  if (differences.length > 0) return { refused: 'incidents-differ', differences };

  const [{ incidentId: toIncidentId }, ...others] = incidents.toSorted(byNumber) as [Incident, ...Incident[]];
  const count = incidents.reduce((sum, { alerts }) => sum + alerts.size, 0);
  if (count > limits.alerts) return { refused: 'too-many-alerts', incidentId: toIncidentId, limit: limits.alerts };
  if (distinctTags(incidents.flatMap(({ customTags }) => customTags)).length > limits.tags)
    return { refused: 'too-many-tags', incidentId: toIncidentId, limit: limits.tags };
  return { toIncidentId, fromIncidentIds: others.map(({ incidentId }) => incidentId) };
}

const byNumber = (one: Incident, other: Incident) => Number(one.incidentId) - Number(other.incidentId);

const properties = ['assignedTo', 'classification', 'determination'] as const;

const valueOf = ({ assignedTo, judgement }: Incident, property: Disagreement['property']) =>
  property === 'assignedTo' ? assignedTo : judgement[property];

function disagreement(incidents: readonly Incident[], property: Disagreement['property']): Disagreement[] {
  const set = incidents.flatMap((incident) => {
    const value = valueOf(incident, property);
    return value === null ? [] : [[incident.incidentId, value] as const];
  });
  const isOne = new Set(set.map(([, value]) => value)).size <= 1;
  return isOne ? [] : [{ property, values: Object.fromEntries(set) }];
}

/** The commit of a merge: once this is in the log, the incident is part of the other, with all its alerts. */
export const merge = ({ toIncidentId, comment, reasons }: Because & { readonly toIncidentId: string }) =>
  onIncident(({ incidentId, status, alerts }) => {
    if (Number(toIncidentId) >= Number(incidentId))
      throw new Error(
        `Incident ${incidentId} cannot become part of ${toIncidentId}: redirects lead to smaller numbers`,
      );
    return [
      {
        type: 'IncidentMerged',
        data: { toIncidentId, previous: status, alertIds: [...alerts.keys()], comment, reasons },
      },
    ];
  });

/** `from`: the incident that was merged, as its last event left it. */
export type Absorbing = Because & { readonly from: Incident; readonly transferId: string };

/**
 * What the target takes over, once for each merge: tags, and where it has none a judgement and the beginning of the work. What somebody
 * set in the target meanwhile stands. Before it comes the owner; name and severity follow with the alerts.
 */
export const absorb = ({ from, transferId, comment, reasons }: Absorbing) =>
  onIncident((incident): Decision => {
    if (incident.absorbed.has(transferId)) return [];
    const alertCount = from.redirect?.alerts.size ?? 0;
    return [
      {
        type: 'IncidentAbsorbed',
        data: { fromIncidentId: from.incidentId, transferId, alertCount, comment, reasons },
      },
      ...tagsTakenOver(incident, from),
      ...judgementTakenOver(incident, from),
      ...workTakenOver(incident, from),
    ];
  });

/** The owner of the incident that is merged, for a target that has none, and its alerts that have none. */
export const takeOwner = ({ assignedTo }: Incident) =>
  onIncident((incident) => {
    if (assignedTo === null || incident.assignedTo !== null) return [];
    const alertIds: string[] = [];
    for (const alert of incident.alerts.values()) if (alert.assignedTo === null) alertIds.push(alert.alertId);
    return [{ type: 'IncidentAssigned', data: { assignedTo, previous: null, alertIds } }];
  });

/**
 * Custom tags that came meanwhile may leave no room for all: the first ones are taken. System tags may have come along from elsewhere; those
 * that say how the source ended stay there.
 */
function tagsTakenOver({ customTags, systemTags }: Incident, from: Incident): IncidentEvent[] {
  const present = new Set(customTags.map(tagKey));
  const custom = from.customTags.filter((tag) => !present.has(tagKey(tag))).slice(0, limits.tags - customTags.length);
  const system = from.systemTags.filter(
    (tag) => !systemTags.includes(tag) && tag !== emptyTag && tag !== redirectedTag,
  );
  return [tagged('custom', custom), tagged('system', system)].flat();
}

const tagged = (kind: 'custom' | 'system', tags: readonly string[]): IncidentEvent[] =>
  tags.length === 0 ? [] : [{ type: 'IncidentTagged', data: { kind, tags } }];

function judgementTakenOver(incident: Incident, { judgement }: Incident): IncidentEvent[] {
  const { classification, determination } = incident.judgement;
  const isOpen = classification === null || (classification === judgement.classification && determination === null);
  return isOpen && judgement.classification !== null ? classified(incident, judgement) : [];
}

function workTakenOver({ status }: Incident, from: Incident): IncidentEvent[] {
  return status === 'active' && from.status === 'inProgress'
    ? [{ type: 'InvestigationStarted', data: { previous: 'active' } }]
    : [];
}
