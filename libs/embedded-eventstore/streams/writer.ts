import { randomUUID } from 'node:crypto';
import { MAX_STREAM_NAME, type EventLog } from '../storage/log.js';
import { encodeRecord, type ProposedEvent } from '../storage/record.js';
import { invalidArgument } from '../protocol/status.js';
import { Heads, type Head } from './heads.js';
import { parseMetadata } from './metadata.js';
import { Recent, type Place } from './recent.js';
import { ANY, DELETED, METADATA_STREAM, NO_STREAM, STREAM_EXISTS } from '../protocol/revision.js';

/** What became of an append. `revision` is NO_STREAM and `position` 0 where nothing was ever written. */
export type Outcome =
  | { readonly kind: 'appended'; readonly revision: number; readonly position: number }
  | { readonly kind: 'wrongExpectedVersion'; readonly current: number }
  | { readonly kind: 'deleted' };

type Decision = Exclude<Outcome, { kind: 'appended' }> | { kind: 'append' } | { kind: 'repeated'; last: Place };

/** Ids of the last events; it answers repeated appends that expect no revision, and those that are not on disk yet. */
const MOST_RECENT = 65_536;

const NO_BYTES = Buffer.alloc(0);
const JSON_TYPE = Buffer.from('application/json');

const systemEvent = (type: string, data: unknown): ProposedEvent => ({
  id: randomUUID(),
  type: Buffer.from(type),
  contentType: JSON_TYPE,
  data: data === undefined ? NO_BYTES : Buffer.from(serialise(data)),
  metadata: NO_BYTES,
});

/** JSON, with the one number that a double cannot hold written as the real server writes it. */
const serialise = (data: unknown) =>
  JSON.stringify(data).replaceAll('"$tb":9223372036854776000', '"$tb":9223372036854775807');

/**
 * Decides appends one after the other, as EventStoreDB does: by the stream's last revision, and for a repeated append
 * by whether the same event ids stand at exactly the expected places. Every answer waits until what it speaks of is on disk.
 */
export class Writer {
  private readonly heads: Heads;
  private readonly recent = new Recent(MOST_RECENT);

  constructor(private readonly log: EventLog) {
    this.heads = new Heads(log);
  }

  /** `expected` is a revision or one of the numbers in `protocol/revision.ts`. */
  async append(stream: string, expected: number, events: readonly ProposedEvent[]): Promise<Outcome> {
    checkName(stream);
    const head = this.heads.of(stream);
    const decision = this.decide(
      head,
      expected,
      events.map(({ id }) => id),
    );
    if (decision.kind === 'repeated') {
      await this.log.flushed();
      return { kind: 'appended', revision: decision.last.revision, position: decision.last.position };
    }
    if (decision.kind !== 'append') return this.told(decision);
    const hidden = this.hidden(head);
    const visibleFrom = hidden && hidden.last + 1;
    const done = [events.length > 0 ? this.store(head, head.last + 1, events) : this.log.flushed()];
    const { last: revision, lastPosition: position } = head;
    if (hidden && visibleFrom !== undefined && events.length > 0) done.push(this.show(hidden, visibleFrom));
    await Promise.all(done);
    return { kind: 'appended', revision, position };
  }

  /** Hides the stream; appending to it brings it back with its later revisions. */
  async delete(stream: string, expected: number): Promise<Outcome> {
    checkName(stream);
    const head = this.heads.of(stream);
    const decision = this.decide(head, expected, [randomUUID()]);
    if (decision.kind === 'wrongExpectedVersion' || decision.kind === 'deleted') return this.told(decision);
    const metadataHead = this.heads.of(METADATA_STREAM + stream);
    if (head.last === NO_STREAM && metadataHead.last === NO_STREAM)
      return { kind: 'wrongExpectedVersion', current: NO_STREAM };
    const done = this.store(metadataHead, metadataHead.last + 1, [systemEvent('$metadata', { $tb: DELETED })]);
    const outcome: Outcome = { kind: 'appended', revision: head.last, position: metadataHead.lastPosition };
    await done;
    return outcome;
  }

  /** Ends the stream for good. */
  async tombstone(stream: string, expected: number): Promise<Outcome> {
    checkName(stream);
    const head = this.heads.of(stream);
    const decision = this.decide(head, expected, [randomUUID()]);
    if (decision.kind === 'wrongExpectedVersion' || decision.kind === 'deleted') return this.told(decision);
    const done = this.store(head, DELETED, [systemEvent('$streamDeleted', undefined)]);
    const outcome: Outcome = { kind: 'appended', revision: DELETED, position: head.lastPosition };
    await done;
    return outcome;
  }

  /** The disk was full: what was on its way to it never came to be. */
  forget(): void {
    this.heads.clear();
    this.recent.forgetBehind(this.log.lastPosition);
  }

  /** A refusal, once the events that may be its reason are on disk. */
  private async told<Refusal>(refusal: Refusal): Promise<Refusal> {
    if (this.log.nextPosition > this.log.lastPosition + 1) await this.log.flushed();
    return refusal;
  }

  private decide(head: Head, expected: number, ids: readonly string[]): Decision {
    const wrong: Decision = { kind: 'wrongExpectedVersion', current: head.last };
    if (head.last === DELETED) return { kind: 'deleted' };
    if (expected === STREAM_EXISTS) {
      if (head.metadata.$tb === DELETED) return { kind: 'deleted' };
      if (head.last === NO_STREAM && this.heads.of(METADATA_STREAM + head.name).last === NO_STREAM) return wrong;
    }
    if (expected === ANY || expected === STREAM_EXISTS) return this.repeatedAnywhere(head, ids) ?? wrong;
    if (expected === head.last) return { kind: 'append' };
    if (expected > head.last) return wrong;
    const repeated = this.repeatedAt(head, expected + 1, ids);
    if (repeated.last && repeated.count === ids.length) return { kind: 'repeated', last: repeated.last };
    if (repeated.count === 0 && expected === NO_STREAM && ids.length > 0 && head.metadata.$tb === DELETED)
      return { kind: 'append' };
    return wrong;
  }

  /** Undefined where some of the ids are known and some are not. */
  private repeatedAnywhere(head: Head, ids: readonly string[]): Decision | undefined {
    let last: Place | undefined;
    for (const id of ids) {
      const recent = this.recent.of(id);
      if (recent?.stream !== head.name) return last ? undefined : { kind: 'append' };
      last = recent;
    }
    return last ? { kind: 'repeated', last } : { kind: 'append' };
  }

  /** How many of the ids stand at `first` and behind it, and where the last of these is. */
  private repeatedAt(head: Head, first: number, ids: readonly string[]): { count: number; last: Place | undefined } {
    let last: Place | undefined;
    for (const [count, id] of ids.entries()) {
      const revision = first + count;
      const recent = this.recent.of(id);
      if (recent?.stream === head.name && recent.revision === revision) last = recent;
      else {
        const stored = head.begun ? this.log.event(head.id, head.name, revision) : undefined;
        if (stored?.id !== id) return { count, last };
        last = { stream: head.name, revision, position: stored.position };
      }
    }
    return { count: ids.length, last };
  }

  private store(head: Head, firstRevision: number, events: readonly ProposedEvent[]): Promise<void> {
    const name = Buffer.from(head.name);
    const now = Date.now();
    const begins = head.begun ? undefined : head.name;
    if (!head.begun) head.id = this.log.nextStreamId++;
    head.begun = true;
    const records = events.map((event, index) => {
      const position = this.log.nextPosition++;
      const revision = firstRevision + index;
      head.last = revision;
      head.lastPosition = position;
      this.recent.remember(event.id, { stream: head.name, revision, position }, this.log.lastPosition);
      return { position, revision, record: encodeRecord(event, name, revision, position, now) };
    });
    const last = events.at(-1);
    if (last && head.name.startsWith(METADATA_STREAM)) {
      const described = this.heads.ifKnown(head.name.slice(METADATA_STREAM.length));
      if (described) described.metadata = parseMetadata(last.data);
    }
    return this.log.append({ streamId: head.id, begins, stream: head.name, records });
  }

  /** The deleted stream that an append to `head` brings back: itself, or the one whose metadata it is. */
  private hidden(head: Head): Head | undefined {
    if (head.metadata.$tb === DELETED) return head;
    if (!head.name.startsWith(METADATA_STREAM)) return undefined;
    const described = this.heads.of(head.name.slice(METADATA_STREAM.length));
    return described.metadata.$tb === DELETED ? described : undefined;
  }

  /** Brings a deleted stream back: its metadata, written anew, hides only what is below `revision`. */
  private show(head: Head, revision: number): Promise<void> {
    const metadataHead = this.heads.of(METADATA_STREAM + head.name);
    const event = systemEvent('$metadata', { ...head.metadata, $tb: revision });
    return this.store(metadataHead, metadataHead.last + 1, [event]);
  }
}

function checkName(stream: string): void {
  if (stream === '' || stream === '$all') throw invalidArgument(`'${stream}' is not the name of a stream.`);
  if (Buffer.byteLength(stream) > MAX_STREAM_NAME)
    throw invalidArgument(`A stream's name may have ${MAX_STREAM_NAME} bytes; '${stream.slice(0, 40)}…' has more.`);
}
