import type { AssetKind, RoutingReason } from '#incidents';
import type { CorrelationIndex } from './correlation-index.js';
import type { Intake } from './intake.js';

export interface CorrelationRules {
  /** Kinds of entities that alerts are brought together by; all where it is not given. */
  readonly entityKinds?: readonly AssetKind[];
  /** An incident that has so many alerts draws no others to it; those that name it come all the same. */
  readonly mostAlerts: number;
}

/** An incident that is there, or the n-th that the batch opens. */
export type Place = { readonly incidentId: string } | { readonly opened: number };

export interface Choice {
  readonly alertId: string;
  readonly place: Place;
  readonly reason: RoutingReason;
}

type Found = Omit<Choice, 'alertId'>;
type Index = Pick<CorrelationIndex, 'mostRecent' | 'alertsIn'>;

/**
 * Chooses an incident for each alert of a batch: the one that it was sent on to, else the one that its report names, else the one that an
 * alert before it in the batch went to and that it shares an entity with, else the most recently updated one that shares an entity with it,
 * else a new one.
 */
export function chooseRoutes(batch: readonly Intake[], index: Index, rules: CorrelationRules): Choice[] {
  const placeOf = new Map<string, Place>();
  const coming = new Map<string | number, number>();
  let opened = 0;

  const keysOf = ({ alert: { entityKeys } }: Intake) =>
    rules.entityKinds ? entityKeys.filter((key) => isOneOf(rules.entityKinds!, key)) : entityKeys;
  const hasRoom = (key: string | number) =>
    (coming.get(key) ?? 0) + (typeof key === 'string' ? index.alertsIn(key) : 0) < rules.mostAlerts;
  const beside = ({ refusedBy }: Intake, entityKeys: readonly string[]): Found | undefined => {
    for (const entity of entityKeys) {
      const place = placeOf.get(entity);
      if (!place || !hasRoom(keyOf(place)) || ('incidentId' in place && refusedBy.has(place.incidentId))) continue;
      return { place, reason: { rule: 'sharedEntity', entity } };
    }
    return undefined;
  };
  const mostRecent = ({ refusedBy }: Intake, entityKeys: readonly string[]): Found | undefined => {
    const found = index.mostRecent(entityKeys, ({ incidentId }) => !refusedBy.has(incidentId) && hasRoom(incidentId));
    return found && { place: { incidentId: found.incidentId }, reason: { rule: 'sharedEntity', entity: found.entity } };
  };

  return batch.map((intake) => {
    const entityKeys = keysOf(intake);
    const choice = sentOn(intake) ??
      named(intake) ??
      beside(intake, entityKeys) ??
      mostRecent(intake, entityKeys) ?? { place: { opened: opened++ }, reason: { rule: 'nothingShared' as const } };
    const key = keyOf(choice.place);
    coming.set(key, (coming.get(key) ?? 0) + 1);
    // An incident that came along may be old or resolved: its alerts draw no others to it.
    if (choice.reason.rule !== 'imported') for (const entity of entityKeys) placeOf.set(entity, choice.place);
    return { alertId: intake.alert.alertId, ...choice };
  });
}

const isOneOf = (kinds: readonly AssetKind[], entityKey: string) =>
  kinds.some((kind) => entityKey.startsWith(`${kind}:`));

const keyOf = (place: Place): string | number => ('incidentId' in place ? place.incidentId : place.opened);

const sentOn = ({ sentOn, refusedBy }: Intake): Found | undefined =>
  sentOn && !refusedBy.has(sentOn.incidentId)
    ? { place: { incidentId: sentOn.incidentId }, reason: sentOn.reason }
    : undefined;

const named = ({ named, imported, refusedBy }: Intake): Found | undefined =>
  named === null || refusedBy.has(named)
    ? undefined
    : { place: { incidentId: named }, reason: { rule: imported ? 'imported' : 'reportedInto' } };
