import type { RecordedEvent } from '#event-store';
import { streams } from '#incidents';
import type { Faults } from './faults.js';
import { SeenTexts } from './seen-texts.js';

/** One command, one effect: what a command writes to a stream stands there in one piece, and once. */
export class CommandsCheck {
  private readonly seen = new SeenTexts();
  /** The command of the last event, by stream. */
  private readonly last = new Map<string, string>();

  constructor(private readonly faults: Faults) {}

  /** An event of Docket's. */
  see(event: RecordedEvent): void {
    const { id, stream, metadata } = event;
    // Whoever repeats a command that had come no further than to its number takes another one: that is a gap, which does no harm.
    if (stream === streams.register) return;
    if (!this.seen.add(`event ${id} ${stream}`)) this.faults.add(event, `has the id ${id}, as an event before it`);

    const command: unknown = metadata?.$causationId;
    if (typeof command !== 'string' || command === this.last.get(stream)) return;
    this.last.set(stream, command);
    if (!this.seen.add(`command ${command} ${stream}`))
      this.faults.add(event, `was caused by command ${command}, which had its effect here before`);
  }
}
