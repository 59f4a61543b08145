import type { EventLog, EventMetadata, RecordedEvent } from '#event-store';

/** Which events of the log somebody wants to see. What is left out does not restrict. */
export interface AuditQuery {
  /** The name of one stream, or the beginning of the names of several, with a `*` behind it: `incident-*`. */
  readonly stream?: string | undefined;
  /** Any of these. */
  readonly types?: readonly string[] | undefined;
  /** Id or name of whoever did it. */
  readonly actor?: string | undefined;
  /** When it happened: from is inclusive, to is exclusive. */
  readonly from?: Date | undefined;
  readonly to?: Date | undefined;
  /** Positions: after is exclusive, upTo is inclusive. */
  readonly after?: bigint | undefined;
  readonly upTo?: bigint | undefined;
  /** At most so many events, from 1. */
  readonly limit?: number | undefined;
  /** Ends it as if there were no more. */
  readonly signal?: AbortSignal | undefined;
}

export interface AuditedEvents extends AsyncIterable<RecordedEvent> {
  /**
   * Position of the last event that was looked at, whether it matched or not; where there was none, that of `after`, or 0. The same
   * query with this as its `after` goes on from here: no event is missed, none comes twice.
   */
  readonly position: bigint;
}

/**
 * The events that match, as stored, in the order of positions, up to the present end of the log. To be iterated once. Throws
 * StoreUnavailable, StoreRefused.
 */
export function auditEvents(log: EventLog, query: AuditQuery = {}): AuditedEvents {
  return new Audit(log, query);
}

class Audit implements AuditedEvents {
  position: bigint;

  constructor(
    private readonly log: EventLog,
    private readonly query: AuditQuery,
  ) {
    this.position = query.after ?? 0n;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<RecordedEvent> {
    const { upTo, limit } = this.query;
    const matches = filterOf(this.query);
    let found = 0;
    for await (const event of this.candidates()) {
      if (event.position <= this.position) continue; // one stream is read from its beginning
      if (upTo !== undefined && event.position > upTo) return;
      this.position = event.position;
      if (!matches(event)) continue;
      yield event;
      if (++found === limit) return;
    }
  }

  private candidates(): AsyncIterable<RecordedEvent> {
    const { stream, after, signal } = this.query;
    const how = { asStored: true, ...(signal && { signal }) };
    return stream === undefined || stream.endsWith('*')
      ? this.log.readAll({ ...how, ...(after !== undefined && { after }) })
      : this.log.read(stream, how);
  }
}

function filterOf({ stream, types, actor, from, to }: AuditQuery): (event: RecordedEvent) => boolean {
  const prefix = stream?.endsWith('*') ? stream.slice(0, -1) : '';
  const wanted = types && new Set(types);
  const isOfActor = ({ actor: by }: Partial<EventMetadata>) => by?.id === actor || by?.name === actor;
  const isInTime = happened(from?.toISOString(), to?.toISOString());
  return (event) => {
    const metadata: Partial<EventMetadata> = event.metadata ?? {}; // a stranger's event may have none
    return (
      event.stream.startsWith(prefix) &&
      (wanted === undefined || wanted.has(event.type)) &&
      (actor === undefined || isOfActor(metadata)) &&
      isInTime(metadata.at)
    );
  };
}

/** An event that does not say when it happened is at no time. */
function happened(from: string | undefined, to: string | undefined): (at: string | undefined) => boolean {
  if (from === undefined && to === undefined) return () => true;
  return (at) => at !== undefined && (from === undefined || at >= from) && (to === undefined || at < to);
}
