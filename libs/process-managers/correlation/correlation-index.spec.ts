import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { DeciderRunner } from '#event-store';
import type { RecordedEvent } from '#event-store';
import { incidentDecider, moveIn, streams } from '#incidents';
import type { Incident, IncidentEvent } from '#incidents';
import { InMemoryEventLog } from '../../event-store/testing/in-memory-event-log.js';
import { aLog } from '../../read-model/testing/arbitrary-log.js';
import { docketEvents } from '../assembly.js';
import { CorrelationIndex } from './correlation-index.js';
import type { KnownIncident } from './known-incidents.js';

const hourMs = 3_600_000;
const windowMs = 24 * hourMs;

/** A log over which hours pass, and which ends with a merge as often as not. */
const aLongLog = fc
  .tuple(aLog, fc.infiniteStream(fc.integer({ min: 0, max: 6 })), fc.boolean())
  .map(([events, hours, withMerge]) => {
    const log = withMerge ? merged(events) : events;
    let at = Date.UTC(2026, 0, 1);
    return log.map((event): RecordedEvent => {
      at += hours.next().value * hourMs;
      return { ...event, metadata: { ...event.metadata, at: new Date(at).toISOString() } };
    });
  });

/** Incident 2 becomes part of 1, where both are there. */
function merged(events: readonly RecordedEvent[]): RecordedEvent[] {
  const { '1': into, '2': from } = Object.fromEntries(foldedFrom(events));
  if (!into || !from || into.state.redirect || from.state.redirect) return [...events];
  const alerts = [...from.state.alerts.values()];
  const leaving = append(events, '2', {
    type: 'IncidentMerged',
    data: {
      toIncidentId: '1',
      previous: 'active',
      alertIds: [...from.state.alerts.keys()],
      comment: null,
      reasons: [],
    },
  });
  const arriving = moveIn({
    incidentId: '1',
    fromIncidentId: '2',
    transferId: 't/0',
    alerts,
    comment: null,
    reasons: [],
  });
  const decided = alerts.length === 0 ? [] : arriving(into.state);
  if ('refused' in decided) return leaving;
  return decided.reduce((log, event) => append(log, '1', event), leaving);
}

function append(events: readonly RecordedEvent[], incidentId: string, event: IncidentEvent): RecordedEvent[] {
  const stream = streams.incident(incidentId);
  const last = events.findLast((other) => other.stream === stream)!;
  const revision = last.revision + 1;
  const position = events.at(-1)!.position + 1n;
  return [...events, { ...last, ...event, id: `${stream}/${revision}`, revision, position }];
}

interface Folded {
  readonly state: Incident;
  readonly revision: number;
  readonly lastUpdateDateTime: string;
}

/** What the log says, without any index: every incident, folded from its beginning. */
function foldedFrom(events: readonly RecordedEvent[]): Map<string, Folded> {
  const folded = new Map<string, Folded>();
  for (const recorded of events) {
    if (!recorded.stream.startsWith('incident-')) continue;
    const event = recorded as RecordedEvent<IncidentEvent>;
    const incidentId = event.stream.slice('incident-'.length);
    const before = folded.get(incidentId);
    const state = incidentDecider.evolve(before?.state, event);
    const came =
      event.type === 'CommentImported' || (event.type === 'AlertAdded' && event.data.reason.rule === 'imported');
    const at =
      event.type === 'IncidentImported' ? new Date(event.data.lastUpdateDateTime).toISOString() : event.metadata.at;
    folded.set(incidentId, {
      state,
      revision: event.revision,
      lastUpdateDateTime: came ? before!.lastUpdateDateTime : at,
    });
  }
  return folded;
}

const keysOf = ({ alerts }: Incident) => [...alerts.values()].flatMap(({ entityKeys }) => entityKeys);

function joinable(events: readonly RecordedEvent[], entityKey: string, since: string): string | undefined {
  const open = [...foldedFrom(events).entries()].filter(
    ([, { state, lastUpdateDateTime }]) =>
      !state.redirect &&
      state.status !== 'resolved' &&
      lastUpdateDateTime >= since &&
      keysOf(state).includes(entityKey),
  );
  const [best] = open.toSorted(([one, { lastUpdateDateTime: a }], [other, { lastUpdateDateTime: b }]) =>
    a === b ? Number(other) - Number(one) : a < b ? 1 : -1,
  );
  return best?.[0];
}

/** As the read model would know it, that has seen these events. */
async function* known(events: readonly RecordedEvent[], since: Date): AsyncGenerator<KnownIncident> {
  for (const [incidentId, { state, revision, lastUpdateDateTime }] of foldedFrom(events)) {
    if (state.redirect || lastUpdateDateTime < since.toISOString()) continue;
    const keys = keysOf(state);
    const entities = [...new Set(keys)].map((key) => [key, keys.filter((other) => other === key).length] as const);
    const isOpen = state.status !== 'resolved';
    yield { incidentId, revision, isOpen, lastUpdateDateTime, alertCount: state.alerts.size, entities };
  }
}

/** An index on a store that holds these events. */
async function indexOn(events: readonly RecordedEvent[], clock: () => Date): Promise<CorrelationIndex> {
  const log = new InMemoryEventLog(docketEvents);
  for (const event of events) await log.append(event.stream, 'any', [event]);
  const incidents = new DeciderRunner<Incident | undefined, IncidentEvent>(log, incidentDecider, {
    clock,
    catalogue: docketEvents,
  });
  return new CorrelationIndex({ incidents, clock, windowMs });
}

/** This process has brought these alerts itself, before the log shows it. */
async function bringFirst(
  index: CorrelationIndex,
  batch: readonly RecordedEvent[],
  pass: (event: RecordedEvent) => void,
): Promise<void> {
  for (const recorded of batch) {
    const event = recorded as RecordedEvent<IncidentEvent>;
    if (event.type !== 'AlertAdded' || event.data.reason.rule === 'imported') continue;
    pass(event);
    const { revision } = event;
    const incidentId = event.stream.slice('incident-'.length);
    await index.brought(incidentId, [event.data.alert], { outcome: 'appended', revision, events: [event.type] });
  }
}

const shares = fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true }));

describe('the correlation index', () => {
  it('says what a fold of the whole log says, wherever it began and however the events come', async () => {
    await fc.assert(
      fc.asyncProperty(aLongLog, shares, fc.integer({ min: 1, max: 7 }), async (events, [one, other], size) => {
        if (events.length === 0) return;
        const [from, seen] = [one, other]
          .map((share) => Math.floor(share * events.length))
          .toSorted((a, b) => a - b) as [number, number];
        let now = new Date(events[Math.max(0, seen - 1)]!.metadata.at);
        const pass = ({ metadata: { at } }: RecordedEvent) => void (now = new Date(at) > now ? new Date(at) : now);
        const isNew = ({ position }: RecordedEvent) => seen === 0 || position > events[seen - 1]!.position;
        const index = await indexOn(events, () => now);
        const prefix = events.slice(0, seen);
        await index.load({ reached: async () => {}, changedSince: (since) => known(prefix, since) });
        for (let next = from; next < events.length; next += size) {
          const batch = events.slice(next, next + size);
          if (size % 2 === 0) await bringFirst(index, batch.filter(isNew), pass);
          batch.forEach(pass);
          await index.follow(batch);
        }
        const since = new Date(now.getTime() - windowMs).toISOString();
        for (const entityKey of new Set([...foldedFrom(events).values()].flatMap(({ state }) => keysOf(state))))
          expect([entityKey, index.mostRecent([entityKey], () => true)?.incidentId]).toEqual([
            entityKey,
            joinable(events, entityKey, since),
          ]);
      }),
      { numRuns: 150 },
    );
  });
});
