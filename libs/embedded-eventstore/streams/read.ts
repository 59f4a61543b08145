import { randomUUID } from 'node:crypto';
import { invalidArgument, streamDeleted } from '../protocol/status.js';
import { readRequest, type ReadRequest } from '../protocol/requests.js';
import * as respond from '../protocol/responses.js';
import { frame } from '../protocol/wire.js';
import type { EventLog } from '../storage/log.js';
import type { StoredEvent } from '../storage/record.js';
import type { Call } from '../transport/call.js';
import { ALL, Bell, type Bells } from './bell.js';
import { compileFilter } from './filter.js';
import { isLink, targetOf } from './link.js';
import { firstVisible, isDeleted, retention } from './metadata.js';
import { DELETED } from '../protocol/revision.js';

/** A page is read in one go and sent before the next is read, so a slow reader costs the server one page. */
const PAGE_BYTES = 64 * 1024;
const PAGE_EVENTS = 2_000;

/** Walks over `$all` or a stream. It remembers where it is, so that each page, and each look for new events, goes on there. */
interface Walk {
  events(): Iterable<StoredEvent>;
  passed(event: StoredEvent): void;
}

/** Read: reads and catch-up subscriptions are the same walk; a subscription waits at the end and walks on. */
export async function read(call: Call, log: EventLog, bells: Bells): Promise<void> {
  const request = readRequest(await call.message());
  if (call.closed) return;
  if (request.count === undefined) return subscribe(call, request, log, bells);
  const walk = request.stream === undefined ? walkAll(log, request) : readStream(log, request.stream, request);
  if (walk) await new Delivery(call, walk, request, log).run();
  else if (request.stream !== undefined) call.send(respond.streamNotFound(request.stream));
}

async function subscribe(call: Call, request: ReadRequest, log: EventLog, bells: Bells): Promise<void> {
  const walk = request.stream === undefined ? walkAll(log, request) : followStream(log, request.stream, request);
  const delivery = new Delivery(call, walk, request, log);
  const bell = new Bell();
  const source = request.stream ?? ALL;
  bells.add(source, bell);
  call.whenClosed(() => {
    bells.remove(source, bell);
    bell.ring();
  });
  await call.write([frame(respond.subscriptionConfirmation(randomUUID()))]);
  await delivery.run();
  if (!call.closed) await call.write([frame(respond.caughtUp())]);
  while (!call.closed) {
    await bell.wait();
    await delivery.run();
  }
}

/** Sends what a walk finds, page by page, until its end. */
class Delivery {
  private readonly wanted: (event: StoredEvent) => boolean;
  private readonly checkpointEvery: number;
  private sinceCheckpoint = 0;
  private left: number;

  constructor(
    private readonly call: Call,
    private readonly walk: Walk,
    private readonly request: ReadRequest,
    private readonly log: EventLog,
  ) {
    this.left = request.count ?? Infinity;
    this.wanted = request.filter ? compileFilter(request.filter) : () => true;
    const subscription = request.count === undefined;
    this.checkpointEvery = subscription && request.filter ? request.filter.checkpointEvery : Infinity;
    if (this.checkpointEvery === 0) throw invalidArgument('The checkpoint interval must be greater than 0.');
  }

  async run(): Promise<void> {
    for (let more = true; more && !this.call.closed && this.left > 0;) {
      const page = new Page();
      try {
        more = this.fill(page);
      } catch (reason) {
        page.damage = reason as Error;
      }
      if (page.frames.length > 0) await this.call.write(page.frames);
      else if (more) await new Promise((resolve) => setImmediate(resolve));
      if (page.damage) throw page.damage; // behind all that is in order
    }
  }

  /** False when the walk is at its end. */
  private fill(page: Page): boolean {
    let scanned = 0;
    for (const event of this.walk.events()) {
      this.walk.passed(event);
      if (this.wanted(event)) {
        page.add(this.frameOf(event));
        this.left--;
      }
      if (++this.sinceCheckpoint >= this.checkpointEvery) {
        page.add(frame(respond.checkpoint(event.position)));
        this.sinceCheckpoint = 0;
      }
      if (++scanned >= PAGE_EVENTS || page.bytes >= PAGE_BYTES || this.left <= 0) return true;
    }
    return false;
  }

  private frameOf(event: StoredEvent): Buffer {
    const { resolveLinks, structuredIds } = this.request;
    if (resolveLinks && isLink(event)) return event.frameWithTarget(targetOf(this.log, event), structuredIds);
    return structuredIds ? event.frameWithStructuredId : event.frame;
  }
}

class Page {
  readonly frames: Buffer[] = [];
  bytes = 0;
  damage: Error | undefined;

  add(frame: Buffer): void {
    this.frames.push(frame);
    this.bytes += frame.length;
  }
}

function walkAll(log: EventLog, { from, backwards, count }: ReadRequest): Walk {
  const subscription = count === undefined;
  const end = log.lastPosition;
  let next: number;
  if (from === 'start') next = backwards ? 0 : 1;
  else if (from === 'end') next = end + 1;
  else next = subscription ? from + 1 : from;
  return {
    *events() {
      for (const event of log.readAll(next, backwards)) {
        if (!subscription && event.position > end) return;
        yield event;
      }
    },
    passed: ({ position }) => (next = backwards ? position : position + 1),
  };
}

/** Undefined where there is no such stream, or it was deleted. */
function readStream(log: EventLog, stream: string, { from, backwards }: ReadRequest): Walk | undefined {
  const id = log.streamId(stream);
  const last = id === undefined ? undefined : log.last(id, stream);
  if (id === undefined || !last) return undefined;
  if (last.revision === DELETED) throw streamDeleted(stream);
  const retained = retention(log, stream);
  if (isDeleted(retained)) return undefined;
  const first = firstVisible(retained, last.revision);
  const youngest = retained.maxAge === undefined ? 0 : Date.now() - retained.maxAge * 1000;
  let next: number;
  if (from === 'start') next = backwards ? 0 : first;
  else if (from === 'end') next = backwards ? last.revision : last.revision + 1;
  else next = backwards ? Math.min(from, last.revision) : Math.max(from, first);
  return {
    *events() {
      if (next < 0) return;
      for (const event of log.readStream(id, stream, next, backwards)) {
        if (event.revision > last.revision || event.revision < first) return;
        if (youngest === 0 || event.created >= youngest) yield event;
      }
    },
    passed: ({ revision }) => (next = backwards ? revision - 1 : revision + 1),
  };
}

/** A stream that may not exist yet, or not any more, and its events from now on. */
function followStream(log: EventLog, stream: string, { from }: ReadRequest): Walk {
  let id = log.streamId(stream);
  const last = id === undefined ? undefined : log.last(id, stream);
  const retained = retention(log, stream);
  let next = last && !isDeleted(retained) ? firstVisible(retained, last.revision) : (last?.revision ?? -1) + 1;
  if (from === 'end') next = (last?.revision ?? -1) + 1;
  else if (from !== 'start') next = Math.max(next, from + 1);
  if (last?.revision === DELETED) next = 0;
  return {
    *events() {
      id ??= log.streamId(stream);
      if (id === undefined) return;
      for (const event of log.readStream(id, stream, next, false)) {
        if (event.revision === DELETED) throw streamDeleted(stream);
        yield event;
      }
    },
    passed: ({ revision }) => (next = revision + 1),
  };
}
