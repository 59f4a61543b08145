import type { Collections } from '../collections.js';
import type { ParkedDocument } from '../parking/parked.js';

/** Leaves an incident as a projector does that has passed over its event at `position`. One without a row has only begun with it. */
export async function park(
  { incidents, parked }: Pick<Collections, 'incidents' | 'parked'>,
  id: string,
  position = 2n,
): Promise<void> {
  const stream = `incident-${id}`;
  const document: ParkedDocument = {
    _id: `incidents ${stream}`,
    projection: 'incidents',
    stream,
    id,
    kind: 'incident',
    event: { stream, revision: 1, position, id: 'event', type: 'IncidentRenamed' },
    reason: 'a test',
    passedOver: position,
    time: '2026-01-01T00:00:00.000Z',
    unparkRequested: false,
  };
  await parked.insertOne(document);
  await incidents.updateOne({ _id: id }, { $set: { parked: true as const } });
}
