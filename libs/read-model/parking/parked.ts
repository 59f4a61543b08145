import type { Collection } from 'mongodb';
import type { RecordedEvent } from '#event-store';
import { idOfStream } from '../events-of.js';
import type { ProjectionName } from '../projection.js';

/**
 * A stream that a projection passes over since one of its events could not be projected. What is shown of it would be stale, so it is
 * not shown until it is folded anew.
 */
export interface ParkedDocument {
  /** The projection, a space, the stream. */
  readonly _id: string;
  readonly projection: ProjectionName;
  /** `incident-12` or `alert-da637…`. */
  readonly stream: string;
  readonly id: string;
  readonly kind: 'incident' | 'alert';
  /** The event that cannot be projected. */
  event: EventThere;
  /** Why not: for people. */
  reason: string;
  /** Position of the last event of the stream that was passed over, `event` or a later one. */
  passedOver: bigint;
  /** ISO 8601: when it was parked, or when folding it anew failed last. */
  time: string;
  /** Somebody asks for it to be folded anew. */
  unparkRequested: boolean;
}

export type EventThere = Pick<RecordedEvent, 'stream' | 'revision' | 'position' | 'id' | 'type'>;

export type Parked = Omit<ParkedDocument, '_id'>;

/** The projections' own, longest parked first. Empty nearly always, and never more than a few hundred. */
export async function listParked(parked: Collection<ParkedDocument>): Promise<readonly Parked[]> {
  return parked
    .find({}, { projection: { _id: 0 } })
    .sort({ time: 1, _id: 1 })
    .toArray();
}

/** Asks the projector to fold anew whatever is parked under this id; resolves with how many that are, of which it takes up each alone. */
export async function requestUnpark(parked: Collection<ParkedDocument>, id: string): Promise<number> {
  const { matchedCount } = await parked.updateMany({ id: { $eq: id } }, { $set: { unparkRequested: true } });
  return matchedCount;
}

export const describe = ({ kind, id }: Pick<Parked, 'kind' | 'id'>): string => `${kind} ${id}`;

export const parkedId = (projection: ProjectionName, stream: string): string => `${projection} ${stream}`;

/** A query asked for what is parked: 503 until somebody has it folded anew. */
export class IsParked extends Error {
  readonly code = 'parked';

  constructor(readonly stream: string) {
    const { kind, id } = idOfStream(stream);
    super(
      `An event of ${kind} ${id} could not be projected, and what is shown of it would be stale: \`docket unpark\` says why, and ` +
        `\`docket unpark ${id}\` folds it anew once that is mended`,
    );
    this.name = 'IsParked';
  }

  get about(): { readonly parked: 'incident' | 'alert'; readonly id: string } {
    const { kind, id } = idOfStream(this.stream);
    return { parked: kind, id };
  }
}

/** Throws IsParked. For what there is no document of, which would have said so itself. */
export async function assertNotParked(
  parked: Collection<ParkedDocument>,
  projection: ProjectionName,
  stream: string,
): Promise<void> {
  if (await parked.findOne({ _id: { $eq: parkedId(projection, stream) } })) throw new IsParked(stream);
}
