import { follow } from '#event-store';
import type { EventLog, Following, RecordedEvent } from '#event-store';
import type { AlertAdded, DocketEvent } from '#incidents';
import type { AlertHints } from './alert-hints.js';
import { isReadable } from './readable.js';

/** `position`: of the last event of all that came with the alert, which may have changed the incident's name. */
export interface Arrived {
  readonly incidentId: string;
  readonly position: bigint;
}

export interface Expectation {
  /** The incident that the alert came into; undefined where it does not come in time, in milliseconds. */
  within(timeoutMs: number): Promise<Arrived | undefined>;
  /** Nobody waits any more. */
  end(): void;
}

/** So long nobody must have waited before the log is no longer followed. */
const idleMs = 10_000;

/** Tells who reported an alert which incident it came into, as soon as that is in the log. Follows it only while somebody waits. */
export class Arrivals {
  private readonly waiting = new Map<string, Set<(arrived: Arrived | undefined) => void>>();
  private following: Promise<Following> | undefined;
  private idle: NodeJS.Timeout | undefined;

  constructor(
    private readonly log: EventLog,
    private readonly hints: AlertHints,
  ) {}

  /** Resolves when no arrival can be missed any more: report the alert after that. */
  async expect(alertId: string): Promise<Expectation> {
    await this.listen();
    let tell!: (arrived: Arrived | undefined) => void;
    const arrival = new Promise<Arrived | undefined>((resolve) => (tell = resolve));
    const waiting = this.waiting.get(alertId) ?? new Set();
    this.waiting.set(alertId, waiting.add(tell));
    const end = () => {
      tell(undefined);
      waiting.delete(tell);
      if (waiting.size === 0 && this.waiting.get(alertId) === waiting) this.waiting.delete(alertId);
      if (this.waiting.size === 0) this.rest();
    };
    return {
      end,
      within: async (timeoutMs) => {
        const timer = setTimeout(end, timeoutMs);
        return arrival.finally(() => clearTimeout(timer));
      },
    };
  }

  async stop(): Promise<void> {
    clearTimeout(this.idle);
    const following = this.following;
    this.following = undefined;
    await (await following)?.stop();
  }

  private async listen(): Promise<void> {
    clearTimeout(this.idle);
    const following = (this.following ??= this.begin());
    const { state } = await following.catch((error: unknown) => {
      this.following = undefined;
      throw error;
    });
    if (state !== 'failed' && state !== 'stopped') return;
    if (this.following === following) this.following = undefined;
    await this.listen();
  }

  private async begin(): Promise<Following> {
    const after = await this.log.head();
    return follow(this.log, { name: 'arrivals', after, handle: (batch) => this.take(batch) });
  }

  private rest(): void {
    clearTimeout(this.idle);
    this.idle = setTimeout(() => void this.stop(), idleMs).unref();
  }

  private async take(batch: readonly RecordedEvent[]): Promise<void> {
    for (let first = 0, next: number; first < batch.length; first = next) {
      next = endOfAppend(batch, first);
      const append = batch.slice(first, next).filter(isReadable) as RecordedEvent<DocketEvent>[];
      const { stream, position } = batch[next - 1]!;
      const incidentId = stream.slice('incident-'.length);
      const came = append.flatMap(alertsIn);
      for (const alertId of came) this.hints.sawIn(alertId, incidentId);
      const awaited = append.filter(isAdded).flatMap(({ data }) => this.waiting.get(data.alert.alertId) ?? []);
      if (awaited.length === 0) continue;
      // What an append has still to bring is in the log, but in no batch yet.
      const arrived = {
        incidentId,
        position: next < batch.length ? position : await this.lastPositionOf(batch[next - 1]!),
      };
      for (const tellAll of awaited) tellAll.forEach((tell) => tell(arrived));
    }
  }

  private async lastPositionOf({ stream, revision, position, metadata }: RecordedEvent): Promise<bigint> {
    let last = position;
    // As they are stored: who waits for an alert is not refused because of what a stranger wrote behind it.
    for await (const event of this.log.read(stream, { from: revision + 1, asStored: true })) {
      if ((event.metadata as RecordedEvent['metadata'] | undefined)?.$causationId !== metadata.$causationId) break;
      last = event.position;
    }
    return last;
  }
}

/** The events that one command appended to a stream follow one another in the log. */
function endOfAppend(batch: readonly RecordedEvent[], first: number): number {
  const { stream, metadata } = batch[first]!;
  let next = first + 1;
  while (batch[next]?.stream === stream && batch[next]?.metadata.$causationId === metadata.$causationId) next++;
  return next;
}

const isAdded = (event: RecordedEvent<DocketEvent>): event is RecordedEvent<AlertAdded> => event.type === 'AlertAdded';

function alertsIn({ type, data }: RecordedEvent<DocketEvent>): string[] {
  if (type === 'AlertAdded') return [data.alert.alertId];
  return type === 'AlertMovedIn' ? data.alerts.map(({ alertId }) => alertId) : [];
}
