import { ConcurrentUpdates, OutcomeUnknown, StoreUnavailable } from '#event-store';
import { AlertNotRouted } from '#process-managers';
import { GenerationDropped, ProjectionBehind, isStoreAway } from '#read-model';

const passingFailures = [
  StoreUnavailable,
  OutcomeUnknown,
  ConcurrentUpdates,
  ProjectionBehind,
  GenerationDropped,
  AlertNotRouted,
];

/** Whether the same work may succeed later: a store is away. All else is an event that cannot be handled, today or tomorrow. */
export const passes = (failure: Error): boolean =>
  passingFailures.some((kind) => failure instanceof kind) || isStoreAway(failure);
