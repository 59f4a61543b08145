import type { RecordedEvent } from '#event-store';
import type { AlertsRouted, PlanCarriedOut } from '#incidents';

/**
 * Two kinds of events hold the position of another event: how far the correlator had come, and what a command that spans streams was
 * answered. A position means something in its own store only; in any other it has to be another number.
 */

/** The position that the event holds; undefined where it holds none. */
export function heldPosition(event: RecordedEvent): bigint | undefined {
  const held = isRouting(event) ? event.data.upTo : isAnswer(event) ? event.data.answer?.position : undefined;
  return typeof held === 'string' && /^\d{1,19}$/.test(held) ? BigInt(held) : undefined;
}

/** The same event with another position in the place of the one that it holds. */
export function holding(event: RecordedEvent, position: bigint): RecordedEvent {
  const text = String(position);
  if (isRouting(event)) return { ...event, data: { ...event.data, upTo: text } };
  if (isAnswer(event)) return { ...event, data: { ...event.data, answer: { ...event.data.answer, position: text } } };
  return event;
}

const isRouting = (event: RecordedEvent): event is RecordedEvent<AlertsRouted> => event.type === 'AlertsRouted';
const isAnswer = (event: RecordedEvent): event is RecordedEvent<PlanCarriedOut> => event.type === 'PlanCarriedOut';
