import { randomUUID } from 'node:crypto';
import type { EventLog, PendingEvent, RecordedEvent } from '#event-store';
import { InMemoryEventLog } from '../../event-store/testing/in-memory-event-log.js';

export const anEvent = (type: string, data: object = {}, at = '2026-11-23T12:00:00.000Z'): PendingEvent => ({
  id: randomUUID(),
  type,
  data,
  metadata: {
    $correlationId: 'c',
    $causationId: 'd',
    actor: { id: 'kim', name: 'Kim', kind: 'user' },
    at,
    schema: 1,
  },
});

/** A log in memory whose first positions are taken: its events stand at others than those of a log that has them from the start. */
export async function logFrom(position: number): Promise<InMemoryEventLog> {
  const log = new InMemoryEventLog();
  for (let taken = 1; taken < position; taken++) await log.append('$taken', 'any', [anEvent('$taken')]);
  return hidingSystemEvents(log);
}

/** As the real store's adapter does. */
function hidingSystemEvents(log: InMemoryEventLog): InMemoryEventLog {
  const readAll = log.readAll.bind(log);
  log.readAll = async function* (options) {
    for await (const event of readAll(options)) if (!event.type.startsWith('$')) yield event;
  };
  return log;
}

export async function eventsOf(log: EventLog): Promise<RecordedEvent[]> {
  const events: RecordedEvent[] = [];
  for await (const event of log.readAll({ asStored: true })) events.push(event);
  return events;
}

/** Two alerts that are reported, routed and moved, with the two kinds of events that hold positions. */
export async function aSmallLog(log: EventLog): Promise<EventLog> {
  await log.append('alert-a', 'no-stream', [anEvent('AlertReported')]);
  const b = await log.append('alert-b', 'no-stream', [anEvent('AlertReported'), anEvent('AlertReportUpdated')]);
  await log.append('register', 'any', [anEvent('IncidentRegistered')]);
  const upTo = String(b.position - 1n);
  await log.append('correlation', 'no-stream', [anEvent('AlertsRouted', { upTo, routes: [] })]);
  const { position } = await log.append('incident-1', 'no-stream', [anEvent('IncidentOpened'), anEvent('AlertAdded')]);
  await log.append('command-x', 'no-stream', [
    anEvent('MovePlanned'),
    anEvent('PlanCarriedOut', { answer: { revision: 1, position: String(position), value: [] } }),
  ]);
  await log.append('incident-1', 1, [anEvent('IncidentCommented', { comment: 'Für später: ☂' })]);
  return log;
}
