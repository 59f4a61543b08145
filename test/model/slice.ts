import type { RecordedEvent } from '#event-store';
import { streams } from '#incidents';
import type { DocketEvent } from '#incidents';

export type Event = RecordedEvent<DocketEvent>;

/** What one command wrote to one stream in one go. */
export interface Step {
  readonly stream: string;
  readonly events: readonly [Event, ...Event[]];
  /** Of its last event. */
  readonly position: bigint;
  readonly revision: number;
  readonly correlationId: string;
}

/** The part of the log that the runs wrote which took place at the same time. */
export class Slice {
  readonly steps: readonly Step[];
  private readonly byStream = new Map<string, Event[]>();
  private readonly byCorrelation = new Map<string, Event[]>();

  constructor(readonly events: readonly Event[]) {
    this.steps = stepsOf(events);
    for (const event of events) {
      put(this.byStream, event.stream, event);
      put(this.byCorrelation, event.metadata.$correlationId, event);
    }
  }

  of(stream: string): readonly Event[] {
    return this.byStream.get(stream) ?? [];
  }

  /** What a sending caused in incidents and alerts: plans and numbers that led to nothing are left out. */
  causedBy({ correlationId }: { readonly correlationId: string }): readonly Event[] {
    return (this.byCorrelation.get(correlationId) ?? []).filter(({ stream }) => tellsOfIncidents(stream));
  }

  /** The same without what belongs to no incident: those streams are older than the slice. */
  get ownStreams(): readonly Event[] {
    return this.events.filter(({ stream }) => stream !== streams.register && stream !== streams.correlation);
  }
}

const tellsOfIncidents = (stream: string): boolean =>
  stream.startsWith(streams.incident('')) || stream.startsWith(streams.alert(''));

function stepsOf(events: readonly Event[]): Step[] {
  const steps: [Event, ...Event[]][] = [];
  for (const event of events) {
    const last = steps.at(-1);
    if (last && last[0].stream === event.stream && last[0].metadata.$causationId === event.metadata.$causationId)
      last.push(event);
    else steps.push([event]);
  }
  return steps.map((together) => {
    const { stream, position, revision, metadata } = together.at(-1)!;
    return { stream, events: together, position, revision, correlationId: metadata.$correlationId };
  });
}

function put<K, V>(lists: Map<K, V[]>, key: K, value: V): void {
  const list = lists.get(key);
  if (list) list.push(value);
  else lists.set(key, [value]);
}
