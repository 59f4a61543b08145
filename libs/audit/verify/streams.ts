import type { RecordedEvent } from '#event-store';
import { streams } from '#incidents';
import type { Faults } from './faults.js';

interface StreamEnd {
  revision: number;
  /** When its last event happened. */
  at: string;
}

/** Revisions run from 0 without a gap, positions rise, and within a stream time never goes back. */
export class StreamsCheck {
  private readonly ends = new Map<string, StreamEnd>();
  private position = -1n;

  constructor(private readonly faults: Faults) {}

  get count(): number {
    return this.ends.size;
  }

  /** `isKnown`: an event of Docket's, which says when it happened; others need not. */
  see(event: RecordedEvent, isKnown: boolean): void {
    const { stream, revision, position } = event;
    if (position <= this.position) this.faults.add(event, `stands at position ${position}, after ${this.position}`);
    this.position = position;

    const end = this.ends.get(stream) ?? { revision: -1, at: '' };
    if (revision !== end.revision + 1)
      this.faults.add(
        event,
        end.revision < 0 ? 'is the first event of its stream' : `follows revision ${end.revision}`,
      );
    const at = isKnown ? this.timeOf(event) : end.at;
    // Whoever needs a number appends to the register without having read it: clocks of several processes stand in it side by side.
    if (stream !== streams.register && at < end.at)
      this.faults.add(event, `happened at ${at}, after an event of ${end.at}`);
    this.ends.set(stream, { revision, at });
  }

  private timeOf(event: RecordedEvent): string {
    const at: unknown = event.metadata?.at;
    if (typeof at === 'string' && !Number.isNaN(Date.parse(at))) return at;
    this.faults.add(event, 'does not say when it happened');
    return '';
  }
}
