import { MongoError, MongoNetworkError, MongoServerSelectionError } from 'mongodb';
import { ConcurrentUpdates, OutcomeUnknown, StoreUnavailable } from '#event-store';
import { AlertNotRouted } from '#process-managers';
import { GenerationDropped, ProjectionBehind } from '#read-model';

const passingFailures = [
  StoreUnavailable,
  OutcomeUnknown,
  ConcurrentUpdates,
  ProjectionBehind,
  GenerationDropped,
  AlertNotRouted,
  MongoNetworkError,
  MongoServerSelectionError,
];

/** Whether the same work may succeed later: a store is away. All else is an event that cannot be handled, today or tomorrow. */
export const passes = (failure: Error): boolean =>
  passingFailures.some((kind) => failure instanceof kind) ||
  (failure instanceof MongoError &&
    (failure.hasErrorLabel('RetryableWriteError') || failure.hasErrorLabel('RetryableError')));
