import { isDeepStrictEqual } from 'node:util';
import { streams } from '#incidents';
import { codeOf, resultsIn, succeeded, wasRefused } from './sending.js';
import type { Sending } from './sending.js';
import type { Event, Slice } from './slice.js';

type Tell = (what: string, sending: Sending) => void;

/**
 * What every answer promises, with the log as the witness: what was acknowledged is there, exactly where the answer said; what was refused left
 * nothing; what was repeated had its effect once; and what was answered before something else was sent stands before it.
 */
export function brokenPromises(sendings: readonly Sending[], slice: Slice): string[] {
  const broken: string[] = [];
  const tell: Tell = (what, { path, body, answer, key }) =>
    broken.push(`${what}: ${path} ${JSON.stringify({ key, body, answer })}`);
  for (const sending of sendings) {
    if (succeeded(sending)) checkAcknowledged(sending, writtenFor(sending, sendings, slice), slice, tell);
    else if (wasRefused(sending) && slice.causedBy(sending).length > 0) tell('Refused, and written', sending);
    if (sending.repeats) checkRepeated(sending.repeats, sending, slice, tell);
  }
  checkOrder(sendings, slice, tell);
  return broken;
}

/** What the answer speaks of: it may have been written for another sending with the same key. */
function writtenFor(sending: Sending, sendings: readonly Sending[], slice: Slice): readonly Event[] {
  const own = slice.causedBy(sending);
  if (own.length > 0 || sending.key === undefined || !tellsOfChanges(sending)) return own;
  return sendings.filter(({ key }) => key === sending.key).flatMap((each) => slice.causedBy(each));
}

const tellsOfChanges = ({ answer: { body } }: Sending): boolean =>
  body.events?.length > 0 || body.value?.some(({ status }: any) => status === 'moved' || status === 'merged');

/** I-1. */
function checkAcknowledged(sending: Sending, mine: readonly Event[], slice: Slice, tell: Tell): void {
  const { path, body, answer } = sending;
  const { incidentId, revision, position, events, value } = answer.body;
  if (path === '/v1/alerts') {
    for (const result of resultsIn(sending)) checkReported(result, sending, slice, tell);
    return;
  }
  if (path.endsWith('/bulk')) {
    for (const one of value) {
      const there = slice.of(streams.incident(one.id)).some((event) => event.revision === one.revision);
      if (one.status !== 'refused' && !there) tell('Acknowledged, and not written', sending);
    }
    return;
  }
  const stream = slice.of(streams.incident(incidentId));
  const last = stream[revision];
  if (last?.revision !== revision || String(last?.position) !== position)
    return tell('Acknowledged at a place where nothing stands', sending);
  if (events) {
    const written = stream.slice(revision + 1 - events.length, revision + 1);
    if (
      !isDeepStrictEqual(
        written.map(({ type }) => type),
        events,
      )
    )
      tell('Acknowledged other events than stand there', sending);
    else if (written.some((event) => !mine.includes(event))) tell('Acknowledged the events of somebody else', sending);
    else if (mine.length !== events.length) tell('Wrote more than was acknowledged', sending);
  }
  if (path.endsWith('/move')) {
    const moved = mine.flatMap(({ type, data, stream }) =>
      type === 'AlertMovedOut' ? data.alerts.map(({ alertId }) => `${alertId} ${stream}`) : [],
    );
    const told = value.flatMap((one: any) =>
      one.status === 'moved' ? [`${one.alertId} ${streams.incident(one.fromIncidentId)}`] : [],
    );
    if (!isDeepStrictEqual(moved.toSorted(), told.toSorted()))
      tell(`Moved ${moved.join()}, and said otherwise`, sending);
    if (value.length !== new Set(body.alertIds).size) tell('Forgot alerts', sending);
  }
  if (path.endsWith('/merge')) {
    const merged = mine.flatMap(({ type, stream }) => (type === 'IncidentMerged' ? [stream] : []));
    const told = value.flatMap((one: any) => (one.status === 'merged' ? [streams.incident(one.incidentId)] : []));
    if (!isDeepStrictEqual(merged.toSorted(), told.toSorted()))
      tell(`Merged ${merged.join()}, and said otherwise`, sending);
  }
}

function checkReported({ id, incidentId }: any, sending: Sending, slice: Slice, tell: Tell): void {
  const isIt = ({ alertId }: { readonly alertId: string }) => alertId === id;
  const came = slice
    .of(streams.incident(incidentId))
    .some(
      ({ type, data }) =>
        (type === 'AlertAdded' && isIt(data.alert)) || (type === 'AlertMovedIn' && data.alerts.some(isIt)),
    );
  if (incidentId !== null && !came) tell('Reported into an incident where it never came', sending);
  if (!slice.of(streams.alert(id)).some(({ type }) => type === 'AlertReported'))
    tell('Reported, and not written', sending);
}

/** I-2. What was refused, or changed nothing, is not remembered: repeated, it is decided anew. */
function checkRepeated(first: Sending, again: Sending, slice: Slice, tell: Tell): void {
  const [before, after] = [slice.causedBy(first), slice.causedBy(again)];
  if (before.length > 0 && after.length > 0 && !areApart(before, after)) tell('Repeated, and written twice', again);
  const isOther = !isDeepStrictEqual(first.body, again.body);
  if (isOther) {
    if (before.length > 0 && codeOf(again) !== 'idempotency-key-reused') tell('Another body under the same key', again);
    return;
  }
  // Whoever repeats a report is told where the alert is now; a bulk command decides anew on those that it did not change.
  if (again.path === '/v1/alerts' || again.path.endsWith('/bulk')) return;
  const isRemembered = before.length > 0 || (!again.isLater && after.length > 0);
  if (isRemembered && succeeded(first) && succeeded(again) && !isDeepStrictEqual(first.answer.body, again.answer.body))
    tell('Repeated, and answered otherwise', again);
  if (isRemembered && again.isLater && succeeded(first) && wasRefused(again)) tell('Repeated, and refused', again);
}

/** A command that is repeated at the same moment may be carried out by both, each a part of it. */
const areApart = (before: readonly { stream: string }[], after: readonly { stream: string }[]): boolean =>
  !before.some(({ stream }) => after.some((other) => other.stream === stream));

/** The log stands in the order in which answers and commands followed each other. */
function checkOrder(sendings: readonly Sending[], slice: Slice, tell: Tell): void {
  const placed = sendings.flatMap((sending) => {
    const positions = slice.causedBy(sending).map(({ position }) => position);
    return positions.length === 0 ? [] : [{ sending, first: positions[0]!, last: positions.at(-1)! }];
  });
  for (const later of placed)
    for (const earlier of placed)
      if (
        earlier.sending.returnedAt < later.sending.calledAt &&
        succeeded(earlier.sending) &&
        earlier.last > later.first
      )
        tell(`Stands before what was answered before it was sent (${earlier.sending.path})`, later.sending);
}
