import type { Collection } from 'mongodb';
import type { EventLog, RecordedEvent } from '#event-store';
import { streams } from '#incidents';
import type { AlertEvent, IncidentEvent } from '#incidents';
import { alertChanges, reportedAlert } from '../alerts/alert-changes.js';
import type { AlertChange } from '../alerts/alert-changes.js';
import type { AlertDocument } from '../alerts/alert-document.js';
import { assertReadable } from '../events-of.js';
import { writeGuarded } from '../guarded-write.js';
import type { Parked } from './parked.js';
import { isPoison } from './poison.js';

type Said = Pick<AlertChange, 'set' | 'comments'> & { readonly position: bigint };
type Place = Pick<AlertDocument, '_id' | 'incidentId' | 'departedFrom' | 'parkedWith'>;

/** Alerts whose streams are read at a time. */
const atOnce = 50;

/**
 * Folds the alerts that are parked with a stream from all the streams that speak of them: their own, and those of the incidents that they
 * have been in, which the moves name. One whose own stream is parked too is left with that. Resolves with false where another projector is
 * ahead with one of them. Throws where a stream cannot be read.
 */
export async function refoldAlerts(
  alerts: Collection<AlertDocument>,
  log: EventLog,
  parked: Parked,
  upTo: bigint,
): Promise<boolean> {
  const places = await placesOf(alerts, log, parked, upTo);
  const said = await saidOf(log, places, parked, upTo);
  for (let first = 0; first < places.length; first += atOnce) {
    const ids = places.slice(first, first + atOnce).map(({ _id }) => _id);
    const folded = await Promise.all(ids.map((id) => fold(log, id, said.get(id) ?? [], parked, upTo)));
    const replacements = folded.flatMap((alert) => (alert ? [replacementBy(alert, upTo)] : []));
    if (replacements.length > 0) await writeGuarded(alerts, replacements);
    for (const [index, alert] of folded.entries())
      if (!alert) await alerts.updateOne({ _id: ids[index]! }, { $set: { parkedWith: streams.alert(ids[index]!) } });
    if (await alerts.findOne({ _id: { $in: ids }, parkedWith: { $eq: parked.stream } })) return false;
  }
  return true;
}

/**
 * Those that are marked with the stream, and those that it has named since it is parked without being marked, as nobody could read that. What is
 * marked with another stream is folded with that.
 */
async function placesOf(
  alerts: Collection<AlertDocument>,
  log: EventLog,
  { kind, stream, id, event: first }: Parked,
  upTo: bigint,
): Promise<Place[]> {
  const projection = { incidentId: 1, departedFrom: 1, parkedWith: 1 };
  if (kind === 'alert') return alerts.find<Place>({ _id: { $eq: id } }, { projection }).toArray();
  const named = new Set<string>();
  const since = new Set<string>();
  for await (const event of readable(log, stream, upTo))
    for (const { alertIds } of alertChanges(event as RecordedEvent<IncidentEvent>))
      for (const alertId of alertIds) (event.position < first.position ? named : since).add(alertId);
  const found = [
    ...(await alerts.find<Place>({ _id: { $in: [...named, ...since] } }, { projection }).toArray()),
    ...(await alerts.find<Place>({ incidentId: { $eq: id } }, { projection }).toArray()),
  ];
  const concerned = found.filter(
    ({ _id, parkedWith }) => parkedWith === stream || (parkedWith === undefined && since.has(_id)),
  );
  return [...new Map(concerned.map((place) => [place._id, place])).values()];
}

/** What the incidents' streams say of these alerts. Every incident that one of them went to or came from is read, once. */
async function saidOf(
  log: EventLog,
  places: readonly Place[],
  { kind, id }: Parked,
  upTo: bigint,
): Promise<Map<string, Said[]>> {
  const said = new Map<string, Said[]>(places.map(({ _id }) => [_id, []]));
  const known = places.flatMap(({ incidentId, departedFrom }) => [incidentId, departedFrom]);
  const incidents = new Set(known.filter((incidentId) => incidentId !== null));
  if (kind === 'incident') incidents.add(id);
  // A set goes on with what is added to it.
  for (const incidentId of incidents)
    for await (const event of readable(log, streams.incident(incidentId), upTo)) {
      const { position } = event;
      let names = false;
      for (const { alertIds, ...change } of alertChanges(event as RecordedEvent<IncidentEvent>))
        for (const alertId of alertIds) {
          const changes = said.get(alertId);
          changes?.push({ ...change, position });
          names ||= changes !== undefined;
        }
      if (names) for (const other of linkedBy(event as RecordedEvent<IncidentEvent>)) incidents.add(other);
    }
  return said;
}

function linkedBy({ type, data }: IncidentEvent): string[] {
  if (type === 'AlertMovedOut' || type === 'IncidentMerged') return [data.toIncidentId];
  return type === 'AlertMovedIn' ? [data.fromIncidentId] : [];
}

/** Undefined where its own stream cannot be read, and is not the one that is asked for. */
async function fold(
  log: EventLog,
  alertId: string,
  said: readonly Said[],
  { stream: asked }: Parked,
  upTo: bigint,
): Promise<AlertDocument | undefined> {
  const stream = streams.alert(alertId);
  let alert: AlertDocument | undefined;
  const changes = [...said];
  try {
    for await (const event of readable(log, stream, upTo) as AsyncIterable<RecordedEvent<AlertEvent>>) {
      if (event.type !== 'AlertReported')
        for (const { set, comments } of alertChanges(event))
          changes.push({ set, position: event.position, ...(comments !== undefined && { comments }) });
      else if (event.revision === 0) alert = reportedAlert(event);
    }
  } catch (error) {
    if (stream === asked || !isPoison(error)) throw error;
    return undefined;
  }
  if (!alert) throw new Error(`${stream} does not begin with a report: the log is incomplete`);
  for (const { set, comments = 0, position } of changes.sort((one, other) => (one.position < other.position ? -1 : 1)))
    Object.assign(alert, set, { position, commentCount: alert.commentCount + comments });
  return alert;
}

async function* readable(log: EventLog, stream: string, upTo: bigint): AsyncGenerator<RecordedEvent> {
  for await (const event of log.read(stream)) {
    if (event.position > upTo) return;
    assertReadable(event);
    yield event;
  }
}

/** One that is further on is another projector's: it is folded when this one has come as far. */
const replacementBy = (alert: AlertDocument, upTo: bigint) => ({
  replaceOne: { filter: { _id: alert._id, position: { $lte: upTo } }, replacement: alert, upsert: true },
});
