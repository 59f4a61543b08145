import type { RoutingReason } from '#incidents';
import type { Candidate } from './candidates.js';
import type { Intake } from './intake.js';

/** An incident that is there, or the n-th that the batch opens. */
export type Place = { readonly incidentId: string } | { readonly opened: number };

export interface Choice {
  readonly alertId: string;
  readonly place: Place;
  readonly reason: RoutingReason;
}

/**
 * Chooses an incident for each alert of a batch: the one that its report names, else the one that an alert before it in the batch went
 * to and that it shares an entity with, else the most recently updated of its candidates, else a new one.
 */
export function chooseRoutes(
  batch: readonly { readonly intake: Intake; readonly candidates: readonly Candidate[] }[],
): Choice[] {
  const placeOf = new Map<string, Place>();
  let opened = 0;
  return batch.map(({ intake, candidates }) => {
    const { alertId, entityKeys } = intake.alert;
    const choice = named(intake) ??
      beside(intake, placeOf) ??
      mostRecent(candidates) ?? { place: { opened: opened++ }, reason: { rule: 'nothingShared' as const } };
    // An incident that came along may be old or resolved: its alerts draw no others to it.
    if (choice.reason.rule !== 'imported') for (const key of entityKeys) placeOf.set(key, choice.place);
    return { alertId, ...choice };
  });
}

type Found = Omit<Choice, 'alertId'> | undefined;

const named = ({ named, imported, refusedBy }: Intake): Found =>
  named === null || refusedBy.has(named)
    ? undefined
    : { place: { incidentId: named }, reason: { rule: imported ? 'imported' : 'reportedInto' } };

function beside({ alert, refusedBy }: Intake, placeOf: ReadonlyMap<string, Place>): Found {
  for (const entity of alert.entityKeys) {
    const place = placeOf.get(entity);
    if (place && !('incidentId' in place && refusedBy.has(place.incidentId)))
      return { place, reason: { rule: 'sharedEntity', entity } };
  }
  return undefined;
}

function mostRecent(candidates: readonly Candidate[]): Found {
  const [first, ...others] = candidates;
  if (!first) return undefined;
  const { incidentId, entity } = others.reduce(
    (best, candidate) => (candidate.lastUpdateDateTime > best.lastUpdateDateTime ? candidate : best),
    first,
  );
  return { place: { incidentId }, reason: { rule: 'sharedEntity', entity } };
}
