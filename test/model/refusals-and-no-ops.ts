import { isDeepStrictEqual } from 'node:util';
import { streams } from '#incidents';
import { carriedOut } from './naive-commands.js';
import type { NaiveDocket } from './naive-docket.js';
import type { NaiveIncident } from './naive-incident.js';
import { codeOf, commandIn, succeeded, wasRefused } from './sending.js';
import type { Sending } from './sending.js';
import { ofModel } from './seen-alike.js';
import type { Slice, Step } from './slice.js';

/** A refusal must have been right at some point of the log between the one that its sender had seen and the next that had not begun. */
interface Refusal {
  readonly sending: Sending;
  readonly from: bigint;
  readonly to: bigint;
}

/** Races that no single point of the log explains: what a plan found on several streams, one after the other. */
const unexplainable = new Set(['alerts-moved', 'incidents-differ', 'idempotency-key-reused']);

/** Answers that left no event in the log: the model says whether they were right. */
export class RefusalsAndNoOps {
  private refusals: readonly Refusal[];
  /** By stream and revision. */
  private readonly noOps = new Map<string, Sending[]>();

  constructor(
    private readonly model: NaiveDocket,
    slice: Slice,
    sendings: readonly Sending[],
  ) {
    const placed = sendings.flatMap((sending) => {
      const events = slice.causedBy(sending);
      return events.length === 0 ? [] : [{ sending, first: events[0]!.position, last: events.at(-1)!.position }];
    });
    this.refusals = sendings
      .filter((sending) => wasRefused(sending) && !unexplainable.has(codeOf(sending)))
      .map((sending) => {
        const before = placed.filter(
          (other) => other.sending.returnedAt < sending.calledAt && succeeded(other.sending),
        );
        const behind = placed.filter((other) => other.sending.calledAt > sending.returnedAt);
        return {
          sending,
          from: before.reduce((latest, { last }) => (last > latest ? last : latest), 0n),
          to: behind.reduce((first, other) => (other.first < first ? other.first : first), 2n ** 63n),
        };
      });
    for (const sending of sendings) {
      const { incidentId, revision, events } = sending.answer.body ?? {};
      if (!succeeded(sending) || events?.length !== 0) continue;
      const place = `${streams.incident(incidentId)} ${revision}`;
      this.noOps.set(place, [...(this.noOps.get(place) ?? []), sending]);
    }
  }

  /** The model is as the log was after this step, until the next one. */
  after({ stream, revision, position }: Step, next: Step | undefined): void {
    const place = `${stream} ${revision}`;
    for (const sending of this.noOps.get(place) ?? []) this.checkNoOp(sending);
    this.noOps.delete(place);
    const until = next?.events[0].position ?? 2n ** 63n;
    this.refusals = this.refusals.filter(
      ({ sending, from, to }) => from >= until || to <= position || !this.refuses(sending),
    );
  }

  unexplained(): string[] {
    const refused = this.refusals.map(({ sending }) => `Refused without a reason: ${told(sending)}`);
    const unplaced = [...this.noOps.values()].flat();
    return [...refused, ...unplaced.map((sending) => `Changed nothing at a revision that never was: ${told(sending)}`)];
  }

  private checkNoOp(sending: Sending): void {
    const incident = this.model.incidents.get(sending.answer.body.incidentId)!;
    const after = carriedOut(incident, commandIn(sending, incident.incidentId));
    if ('refused' in after || !isDeepStrictEqual(ofModel(after), ofModel(incident)))
      throw new Error(`stood when a command changed nothing that should have changed something: ${told(sending)}`);
  }

  private refuses(sending: Sending): boolean {
    const code = codeOf(sending);
    const incident = this.concerned(sending);
    if (!incident) return false;
    if (code === 'incident-redirected') return incident.redirectIncidentId !== null;
    if (code === 'incident-resolved') return incident.status === 'resolved';
    const outcome = carriedOut(incident, commandIn(sending, incident.incidentId));
    return 'refused' in outcome && outcome.refused === code;
  }

  /** The incident that the refusal speaks of, else the one that the command is about. */
  private concerned({ path, answer }: Sending): NaiveIncident | undefined {
    const { incidents } = this.model;
    if (typeof answer.body.incidentId === 'string') return incidents.get(answer.body.incidentId);
    const [, , kind, id] = path.split('/');
    if (kind === 'incidents') return incidents.get(id!);
    return [...incidents.values()].find(({ alerts }) => alerts.has(id!));
  }
}

const told = ({ path, caller, body, answer }: Sending): string => JSON.stringify({ path, caller, body, answer });
