import type { Command, Decider, DomainEvent, PendingEvent, Refusal } from '../index.js';
import { catalogue } from '../event-catalogue.js';

/** A domain as small as can be, for specs: a number that is added to, up to a limit. */
export type TallyEvent = { type: 'Added'; data: { amount: number } } | { type: 'Praised'; data: { total: number } };

export interface Tally {
  total: number;
}

export interface LimitExceeded extends Refusal {
  refused: 'limit-exceeded';
  total: number;
}

export const tallyEvents = () => catalogue({ Added: 1, Praised: 1 });

/** Changes its state in place, as the real ones do. */
export const tally: Decider<Tally, TallyEvent> = {
  initial: () => ({ total: 0 }),
  evolve(state, event) {
    if (event.type === 'Added') state.total += event.data.amount;
    return state;
  },
};

/** Nothing to do for 0; round hundreds are praised with an event of their own. */
export const add =
  (amount: number, limit = Infinity) =>
  ({ total }: Tally): TallyEvent[] | LimitExceeded => {
    if (amount === 0) return [];
    if (total + amount > limit) return { refused: 'limit-exceeded', total };
    const added: TallyEvent = { type: 'Added', data: { amount } };
    return (total + amount) % 100 === 0 ? [added, { type: 'Praised', data: { total: total + amount } }] : [added];
  };

export const command = (id: string, more: Partial<Command> = {}): Command => ({
  id,
  actor: { id: 'u-1', name: 'Alice', kind: 'user' },
  correlationId: 'correlation-1',
  ...more,
});

/** An event that some other process writes. */
export function pending<E extends DomainEvent>(
  id: string,
  { type, data }: E,
  causation = `command of ${id}`,
): PendingEvent {
  const { actor, correlationId } = command(causation);
  const metadata = {
    $correlationId: correlationId,
    $causationId: causation,
    actor,
    at: '2026-01-01T00:00:00.000Z',
    schema: 1,
  };
  return { id, type, data, metadata };
}
