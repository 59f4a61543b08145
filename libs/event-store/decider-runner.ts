import { setTimeout as sleep } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';
import type { Command, Decider, Execution, Folded, Refusal } from './decider.js';
import { CommandIdReused, ConcurrentUpdates, StaleRevision, WrongExpectedRevision } from './errors.js';
import type { DomainEvent, RecordedEvent } from './event.js';
import type { EventCatalogue } from './event-catalogue.js';
import type { EventLog } from './event-log.js';
import { later, pendingEvent } from './pending-event.js';
import { SerialQueues } from './serial-queues.js';

export interface DeciderRunnerOptions {
  /** Says which schema a new event is written with, and which of those that are read are not known. */
  readonly catalogue: EventCatalogue;
  readonly clock: () => Date;
  /** How many events the cached streams may have together; the least recently used are dropped. Default 500,000. */
  readonly cachedEvents?: number;
  /** How often a command is decided while others keep changing its stream. Default 5. */
  readonly attempts?: number;
}

export interface ExecuteOptions {
  /** The revision that the caller decided on: any other is StaleRevision. */
  readonly ifRevision?: number;
  /**
   * The stream is not expected to exist: it is not read before the first append is tried. Only for a command id that cannot have come
   * before: the store takes its repetition for the first time, whatever its body.
   */
  readonly presumeNew?: boolean;
}

/** What is waited for an append of others that cannot be read yet, doubled each time: 300 ms in all. */
const UNSEEN_PAUSE_MS = 10;

/**
 * A folded stream in memory. `state` changes in place, so an entry is only touched by the one who holds the stream's turn, and is out of
 * the cache from an append or a read on until it is folded: whatever fails in between leaves nothing half-done behind.
 */
interface Entry<State> extends Folded<State> {
  /** Of each command id: the revision of its first event. The answer it got is read back from there, which is rare. */
  readonly commands: Map<string, number>;
}

/**
 * Carries out commands on the streams of one decider: load, fold, decide, append at the revision that was decided on; where somebody
 * else was faster, catch up and decide again. Commands on one stream take turns within the process.
 */
export class DeciderRunner<State, Event extends DomainEvent> {
  private readonly cache: LRUCache<string, Entry<State>>;
  private readonly turns = new SerialQueues();
  private readonly attempts: number;

  constructor(
    private readonly log: EventLog,
    private readonly decider: Decider<State, Event>,
    private readonly options: DeciderRunnerOptions,
  ) {
    this.cache = new LRUCache({
      maxSize: options.cachedEvents ?? 500_000,
      sizeCalculation: ({ revision }) => revision + 2,
    });
    this.attempts = options.attempts ?? 5;
  }

  /**
   * Decides on the stream's state and appends what comes of it, once for each command id. `decide` is pure; it may be called several
   * times. A refusal or an empty decision is only given on a state that the store has confirmed. Throws StaleRevision, CommandIdReused,
   * ConcurrentUpdates, and what the log throws; after OutcomeUnknown repeat the command with the same id.
   */
  execute<R extends Refusal = never>(
    stream: string,
    command: Command,
    decide: (state: State) => readonly Event[] | R,
    options: ExecuteOptions = {},
  ): Promise<Execution<Event, R>> {
    return this.turns.run(stream, () => this.settle(stream, command, decide, options));
  }

  /** The stream as the store has it now. The state is the runner's own: look before the next `await`, and never change it. */
  load(stream: string): Promise<Folded<State>> {
    return this.turns.run(stream, () => this.catchUp(stream, this.cache.get(stream)));
  }

  private async settle<R extends Refusal>(
    stream: string,
    command: Command,
    decide: (state: State) => readonly Event[] | R,
    { ifRevision, presumeNew = false }: ExecuteOptions,
  ): Promise<Execution<Event, R>> {
    let entry = this.cache.get(stream) ?? (presumeNew ? this.empty() : undefined);
    let confirmed = false; // by a read since the last append: another process may have written what this cache has not seen

    for (let conflicts = 0; conflicts < this.attempts;) {
      if (!entry) {
        entry = await this.catchUp(stream, undefined);
        confirmed = true;
      }
      const first = entry.commands.get(command.id);
      if (first !== undefined) return this.repeat(stream, command, first);

      const stale = ifRevision !== undefined && ifRevision !== entry.revision;
      // A stream that does not exist is for the domain to refuse first: 404 goes before 412.
      const decision = stale && entry.revision >= 0 ? undefined : decide(entry.state);
      const events = isRefusal(decision) ? undefined : decision;

      if (!events?.length || stale) {
        if (!confirmed) {
          entry = await this.catchUp(stream, entry);
          confirmed = true;
          continue;
        }
        if (isRefusal(decision)) return { outcome: 'refused', refusal: decision };
        if (stale) throw new StaleRevision(stream, ifRevision, entry.revision);
        return { outcome: 'unchanged', revision: entry.revision, position: entry.position, events: [] };
      }

      try {
        return await this.append(stream, command, entry, events);
      } catch (error) {
        if (!(error instanceof WrongExpectedRevision)) throw error;
        const { revision } = entry;
        entry = await this.catchUp(stream, entry);
        confirmed = true;
        // The store compares with what it is about to make durable, and shows it only when it is.
        if (entry.revision === revision) await sleep(UNSEEN_PAUSE_MS * 2 ** conflicts);
        conflicts++;
      }
    }
    throw new ConcurrentUpdates(stream, this.attempts);
  }

  private async append(
    stream: string,
    command: Command,
    entry: Entry<State>,
    events: readonly Event[],
  ): Promise<Execution<Event, never>> {
    const at = later(this.options.clock(), entry.at);
    const pending = events.map((event, index) =>
      pendingEvent(command, event, { stream, index, at, schema: this.options.catalogue.schemaOf(event.type) }),
    );
    this.cache.delete(stream);
    const { revision, position } = await this.log.append(
      stream,
      entry.revision < 0 ? 'no-stream' : entry.revision,
      pending,
    );

    let folded = entry;
    for (const [index, event] of pending.entries()) {
      folded = this.fold(folded, {
        ...event,
        stream,
        revision: entry.revision + 1 + index,
        position,
      } as RecordedEvent<Event>);
    }
    this.cache.set(stream, folded);
    return { outcome: 'appended', revision, position, events: events.map(({ type }) => type) };
  }

  /** The answer that the command got when it was carried out, read from its events. */
  private async repeat(stream: string, command: Command, from: number): Promise<Execution<Event, never>> {
    const types: Event['type'][] = [];
    let last: RecordedEvent | undefined;
    for await (const event of this.log.read(stream, { from })) {
      if (event.metadata.$causationId !== command.id) break;
      types.push(event.type);
      last = event;
    }
    if (!last)
      throw new Error(
        `${stream} has lost event ${from}, which it had a moment ago: was the store restored from a backup?`,
      );
    const { bodyHash } = last.metadata;
    if (bodyHash !== undefined && command.bodyHash !== undefined && bodyHash !== command.bodyHash) {
      throw new CommandIdReused(stream, command.id);
    }
    return { outcome: 'repeated', revision: last.revision, position: last.position, events: types };
  }

  private empty(): Entry<State> {
    return { state: this.decider.initial(), revision: -1, position: 0n, commands: new Map() };
  }

  /** Folds what the store has beyond `known`. Throws MalformedEvent. */
  private async catchUp(stream: string, known: Entry<State> | undefined): Promise<Entry<State>> {
    this.cache.delete(stream);
    let entry = known ?? this.empty();
    for await (const event of this.log.read(stream, { from: entry.revision + 1 })) {
      this.options.catalogue.assertKnown(event);
      entry = this.fold(entry, event as RecordedEvent<Event>);
    }
    if (entry.revision >= 0) this.cache.set(stream, entry);
    return entry;
  }

  private fold({ state, commands }: Entry<State>, event: RecordedEvent<Event>): Entry<State> {
    const { $causationId, at } = event.metadata;
    const evolved = this.decider.evolve(state, event);
    if ($causationId !== undefined && !commands.has($causationId)) commands.set($causationId, event.revision);
    return { state: evolved, revision: event.revision, position: event.position, at, commands };
  }
}

function isRefusal<R extends Refusal>(decision: readonly unknown[] | R | undefined): decision is R {
  return decision !== undefined && 'refused' in decision;
}
