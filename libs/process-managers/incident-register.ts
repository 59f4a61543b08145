import { pendingEvent } from '#event-store';
import type { Command, EventLog } from '#event-store';
import { schemas, streams } from '#incidents';

/** Gives out the numbers that are the ids of incidents. A number that was given and never used is a gap, which does no harm. */
export class IncidentRegister {
  constructor(
    private readonly log: EventLog,
    private readonly clock: () => Date,
  ) {}

  async nextNumber(command: Command): Promise<string> {
    const [number] = await this.nextNumbers(command, 1);
    return number!;
  }

  async nextNumbers(command: Command, count: number): Promise<string[]> {
    if (count === 0) return [];
    const at = this.clock().toISOString();
    const registrations = Array.from({ length: count }, (_, index) =>
      pendingEvent(
        command,
        { type: 'IncidentRegistered', data: {} },
        { stream: streams.register, index, at, schema: schemas.IncidentRegistered },
      ),
    );
    const { revision } = await this.log.append(streams.register, 'any', registrations);
    return registrations.map((_, index) => String(revision + 1 - (count - 1) + index));
  }
}
