import { commandId } from '#event-store';
import type { Command, DeciderRunner, EventLog, RecordedEvent } from '#event-store';
import { absorb, moveIn, streams, takeOwner } from '#incidents';
import type {
  AlertMovedOut,
  AlertSummary,
  Decision,
  Incident,
  IncidentEvent,
  IncidentMerged,
  Refusal,
} from '#incidents';
import { LRUCache } from 'lru-cache';
import { alertsInChunks } from './chunks.js';

export type Incidents = DeciderRunner<Incident | undefined, IncidentEvent>;

/**
 * Writes what answers a departure, where it is missing: the arrival of alerts that were moved, and what a merge brings. It is written in the
 * incident that the departure names, or, where that was merged meanwhile, in the one that it is part of. Each is written once, whoever
 * writes it, and however often.
 */
export class Transfers {
  /** Merges that need not be looked at again: each of ten thousand alerts may lead here. */
  private readonly completed = new LRUCache<string, true>({ max: 10_000 });

  constructor(
    private readonly log: EventLog,
    private readonly incidents: Incidents,
  ) {}

  /** Completes the move that begins with the `AlertMovedOut` at `revision`; gives back that event. */
  async completeMove(fromIncidentId: string, revision: number): Promise<RecordedEvent<AlertMovedOut>> {
    const departure = await this.departureAt<AlertMovedOut>(fromIncidentId, revision, 'AlertMovedOut');
    const { toIncidentId, ...leaving } = departure.data;
    await this.arrive(departure, toIncidentId, { ...leaving, fromIncidentId, transferId: departure.id });
    return departure;
  }

  /** Completes the merge that the last event of this incident is. Its fold never changes again, so it may be looked at for as long as it takes. */
  async completeMerge(fromIncidentId: string): Promise<void> {
    const { state: from } = await this.incidents.load(streams.incident(fromIncidentId));
    if (!from?.redirect) throw new Error(`Incident ${fromIncidentId} was not merged into another one`);
    const { transferId, revision, alerts } = from.redirect;
    if (this.completed.has(transferId)) return;
    const departure = await this.departureAt<IncidentMerged>(fromIncidentId, revision, 'IncidentMerged');
    const { toIncidentId, comment, reasons } = departure.data;

    const isThere = ({ absorbed }: Incident) => absorbed.has(transferId);
    // By itself, for ten thousand alerts that get an owner fill an append.
    const owner = commandFor(departure, `${transferId}/owner`);
    await this.bring(owner, toIncidentId, { isThere, decide: () => takeOwner(from) });
    const absorbing = { isThere, decide: () => absorb({ from, transferId, comment, reasons }) };
    await this.bring(commandFor(departure, transferId), toIncidentId, absorbing);
    for (const [nth, chunk] of alertsInChunks([...alerts.values()], (alert) => alert).entries()) {
      const arrival = { alerts: chunk, comment: null, reasons, fromIncidentId, transferId: `${transferId}/${nth}` };
      await this.arrive(departure, toIncidentId, arrival);
    }
    this.completed.set(transferId, true);
  }

  /** The incident that this one is part of by now, or itself. */
  async survivorOf(incidentId: string): Promise<string> {
    return (await this.wayOf(incidentId)).at(-1)!;
  }

  /** This incident, the one that it was merged into, and so on. */
  async wayOf(incidentId: string): Promise<string[]> {
    const { state } = await this.incidents.load(streams.incident(incidentId));
    return state?.redirect ? [incidentId, ...(await this.wayOf(state.redirect.toIncidentId))] : [incidentId];
  }

  private arrive(departure: RecordedEvent, toIncidentId: string, arrival: Arrival): Promise<void> {
    return this.bring(commandFor(departure, arrival.transferId), toIncidentId, {
      isThere: ({ arrived }) => arrived.has(arrival.transferId),
      decide: (incidentId) => moveIn({ incidentId, ...arrival }),
    });
  }

  private async bring(command: Command, toIncidentId: string, { isThere, decide }: Bringing): Promise<void> {
    for (let incidentId = toIncidentId; ;) {
      const stream = streams.incident(incidentId);
      const { state } = await this.incidents.load(stream);
      if (state && isThere(state)) return;
      if (state?.redirect) {
        incidentId = state.redirect.toIncidentId;
        continue;
      }
      const execution = await this.incidents.execute<Refusal>(stream, command, decide(incidentId));
      if (execution.outcome !== 'refused') return;
      if (execution.refusal.refused !== 'incident-redirected')
        throw new Error(`Incident ${incidentId} refuses what has arrived in it: ${execution.refusal.refused}`);
    }
  }

  private async departureAt<E extends IncidentEvent>(
    incidentId: string,
    revision: number,
    type: E['type'],
  ): Promise<RecordedEvent<E>> {
    for await (const event of this.log.read(streams.incident(incidentId), { from: revision, max: 1 }))
      if (event.type === type) return event as RecordedEvent<E>;
    throw new Error(`Event ${revision} of incident ${incidentId} is not the departure that its fold tells of`);
  }
}

type Arrival = Omit<Parameters<typeof moveIn>[0], 'incidentId'> & { readonly alerts: readonly AlertSummary[] };

interface Bringing {
  readonly isThere: (incident: Incident) => boolean;
  readonly decide: (incidentId: string) => (incident: Incident | undefined) => Decision;
}

/** Whoever left is also who arrives. */
const commandFor = ({ metadata }: RecordedEvent, transferId: string): Command => ({
  id: commandId('arrival', transferId),
  actor: metadata.actor,
  correlationId: metadata.$correlationId,
});
