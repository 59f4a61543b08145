import {
  CommandIdReused,
  ConcurrentUpdates,
  OutcomeUnknown,
  StoreUnavailable,
  WrongExpectedRevision,
  later,
  pendingEvent,
} from '#event-store';
import type { Command, EventLog, RecordedEvent } from '#event-store';
import { schemas, streams } from '#incidents';
import type { ImportPlanned, MergePlanned, MovePlanned, OpenPlanned, PlanCarriedOut, PlanEvent } from '#incidents';

export type Plan = OpenPlanned | ImportPlanned | MovePlanned | MergePlanned;
type Answer = PlanCarriedOut['data']['answer'];

/** A plan as it stands in stream `command-<id>`, with the answer where it has been carried out. */
export interface StandingPlan {
  readonly plan: RecordedEvent<Plan>;
  readonly answer?: Answer;
}

/**
 * The plans of commands that allocate a number or span streams. The first one that is written for a command id stands: whoever repeats
 * the command carries out that one.
 */
export class PlanLog {
  constructor(
    private readonly log: EventLog,
    private readonly clock: () => Date,
  ) {}

  /** The plan of this command, if there is one. Throws CommandIdReused where it came with another body. */
  async find({ id, bodyHash }: Pick<Command, 'id' | 'bodyHash'>): Promise<StandingPlan | undefined> {
    const stream = streams.command(id);
    let plan: RecordedEvent<Plan> | undefined;
    let answer: Answer | undefined;
    for await (const recorded of this.log.read(stream)) {
      const event = recorded as RecordedEvent<PlanEvent>;
      const { bodyHash: first } = event.metadata;
      if (bodyHash !== undefined && first !== undefined && bodyHash !== first) throw new CommandIdReused(stream, id);
      if (event.type === 'PlanCarriedOut') answer = event.data.answer;
      else if (event.type !== 'KeyReserved') plan ??= event;
    }
    if (!plan) return undefined;
    return answer ? { plan, answer } : { plan };
  }

  /** As `find`, and does not look where there cannot be one: only a command with a key can have come before. */
  async findEarlier(command: Command): Promise<StandingPlan | undefined> {
    return command.bodyHash === undefined ? undefined : this.find(command);
  }

  /** Writes the plan, or gives back the one that was faster. */
  async settle(command: Command, draft: Plan): Promise<StandingPlan> {
    try {
      const at = this.clock().toISOString();
      await this.append(command, 'no-stream', draft, 0, at);
    } catch (error) {
      if (!(error instanceof WrongExpectedRevision)) throw error;
    }
    // Read back also after a success: the store takes another draft of the same command for a repetition of the first.
    const standing = await this.find(command);
    if (!standing) throw new Error(`The plan of command ${command.id} was written and is not there`);
    return standing;
  }

  /**
   * Says that nothing is left to do, and gives back the answer that stands: whoever says it first settles it.
   */
  async finish(plan: RecordedEvent<Plan>, answer: Answer): Promise<Answer> {
    const command = commandOf(plan);
    const at = later(this.clock(), plan.metadata.at);
    try {
      await this.append(command, 0, { type: 'PlanCarriedOut', data: { answer } }, 1, at);
    } catch (error) {
      if (!(error instanceof WrongExpectedRevision)) throw error;
    }
    return (await this.find(command))?.answer ?? answer;
  }

  /** Takes the command's key, where it has one, for its body. Throws CommandIdReused where the key came with another one. */
  async reserve(command: Command): Promise<void> {
    if (command.bodyHash === undefined) return;
    const at = this.clock().toISOString();
    try {
      await this.append(command, 'no-stream', { type: 'KeyReserved', data: {} }, 0, at);
    } catch (error) {
      if (!(error instanceof WrongExpectedRevision)) throw error;
      await this.find(command);
    }
  }

  private append(command: Command, expected: 'no-stream' | 0, event: PlanEvent, index: number, at: string) {
    const stream = streams.command(command.id);
    return this.log.append(stream, expected, [
      pendingEvent(command, event, { stream, index, at, schema: schemas[event.type] }),
    ]);
  }
}

/** From the plan on, it will be carried out, by whomever: what fails now is not known to be undone. Throws OutcomeUnknown then. */
export async function orUnknown<T>({ plan }: StandingPlan, carryOut: () => Promise<T>): Promise<T> {
  try {
    return await carryOut();
  } catch (error) {
    const isPassing = error instanceof ConcurrentUpdates || error instanceof StoreUnavailable;
    throw isPassing ? new OutcomeUnknown(plan.stream, error) : error;
  }
}

/** The command that a plan was made for, as the plan's metadata tell it. */
export function commandOf({ metadata }: RecordedEvent<Plan>): Command {
  const { $causationId: id, $correlationId: correlationId, actor, bodyHash } = metadata;
  return bodyHash === undefined ? { id, correlationId, actor } : { id, correlationId, actor, bodyHash };
}
