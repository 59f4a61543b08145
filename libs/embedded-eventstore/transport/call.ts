import type { IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2';
import { Code, GrpcError } from '../protocol/status.js';
import { frame } from '../protocol/wire.js';

/** The largest message that is read: EventStoreDB's own limit for a record, and a little. */
const MAX_MESSAGE = 17 * 1024 * 1024;

const CONTENT = { ':status': 200, 'content-type': 'application/grpc+proto' };

/** One gRPC call on an HTTP/2 stream. Once it is closed, by either side, writes go nowhere and wake nobody. */
export class Call {
  closed = false;
  readonly path: string;
  private readonly onClosed: (() => void)[] = [];
  private outgoing: Buffer[] = [];
  private trailers: Record<string, string> = {};

  constructor(
    private readonly stream: ServerHttp2Stream,
    headers: IncomingHttpHeaders & { ':path'?: string | undefined },
  ) {
    this.path = headers[':path'] ?? '';
    stream.on('error', () => undefined); // a broken connection; 'close' follows
    stream.on('close', () => this.close());
  }

  whenClosed(listener: () => void): void {
    if (this.closed) listener();
    else this.onClosed.push(listener);
  }

  /** Hands each message to the listener as it comes. Resolves when the client has sent all, or the call is closed. */
  receive(listener: (message: Buffer) => void): Promise<void> {
    const deframer = new Deframer(listener);
    return new Promise((resolve, reject) => {
      this.stream.on('data', (chunk: Buffer) => {
        try {
          if (!this.closed) deframer.push(chunk);
        } catch (reason) {
          this.stream.removeAllListeners('data').resume();
          reject(reason instanceof Error ? reason : new Error(String(reason)));
        }
      });
      this.stream.on('end', resolve);
      this.whenClosed(resolve);
    });
  }

  /** The one message of a request. */
  async message(): Promise<Buffer> {
    let only: Buffer | undefined;
    await this.receive((message) => (only ??= message));
    if (!only) throw new GrpcError(Code.INTERNAL, 'The request has no message.');
    return only;
  }

  pause(): void {
    this.stream.pause();
  }

  resume(): void {
    if (!this.closed) this.stream.resume();
  }

  /** Sends a message together with the others of this turn. */
  send(message: Buffer): void {
    if (this.outgoing.push(frame(message)) > 1) return;
    process.nextTick(() => {
      const frames = this.outgoing;
      this.outgoing = [];
      this.put(frames);
    });
  }

  /** Sends frames; resolves when the client, and the network, are ready for more. */
  async write(frames: readonly Buffer[]): Promise<void> {
    if (this.put(frames)) return new Promise((resolve) => setImmediate(resolve));
    if (this.gone) return;
    await new Promise<void>((resolve) => {
      const done = () => {
        this.stream.off('drain', done).off('close', done);
        resolve();
      };
      this.stream.on('drain', done).on('close', done);
    });
  }

  private put(frames: readonly Buffer[]): boolean {
    if (this.gone) return false;
    if (!this.stream.headersSent) {
      this.stream.respond(CONTENT, { waitForTrailers: true });
      this.stream.on('wantTrailers', () => this.stream.sendTrailers({ 'grpc-status': `${Code.OK}`, ...this.trailers }));
    }
    return this.stream.write(frames.length === 1 ? frames[0] : Buffer.concat(frames));
  }

  /** Ends the call; without an error it is OK. */
  end(error?: unknown): void {
    if (this.gone) return;
    if (this.outgoing.length > 0) this.put(this.outgoing.splice(0));
    this.trailers = error === undefined ? {} : statusOf(error);
    if (this.stream.headersSent) this.stream.end();
    else this.stream.respond({ ...CONTENT, 'grpc-status': `${Code.OK}`, ...this.trailers }, { endStream: true });
    this.close();
    this.stream.resume(); // what the client still sends is of no interest
  }

  /** Closed, or broken and about to be closed. */
  private get gone(): boolean {
    return this.closed || this.stream.destroyed || this.stream.closed;
  }

  private close(): void {
    if (this.closed) return;
    this.closed = true;
    for (const listener of this.onClosed) listener();
  }
}

function statusOf(error: unknown): Record<string, string> {
  const known = error instanceof GrpcError;
  const trailers: Record<string, string> = {
    'grpc-status': `${known ? error.code : Code.INTERNAL}`,
    'grpc-message': printable(error instanceof Error ? error.message : String(error), /[^\x20-\x7e]|%/g),
  };
  if (known)
    for (const [key, value] of Object.entries(error.trailers)) trailers[key] = printable(value, /[^\x20-\x7e]/g);
  return trailers;
}

/** Percent-encodes what may not stand in a header. */
const printable = (value: string, rest: RegExp) =>
  value.replace(rest, (character) => (character === '%' ? '%25' : encodeURIComponent(character)));

/** Cuts a stream of bytes into gRPC messages. */
class Deframer {
  private parts: Buffer[] = [];
  private have = 0;
  private need = 5;

  constructor(private readonly listener: (message: Buffer) => void) {}

  push(chunk: Buffer): void {
    this.parts.push(chunk);
    this.have += chunk.length;
    if (this.have < this.need) return;
    let buffer = this.parts.length === 1 ? chunk : Buffer.concat(this.parts, this.have);
    while (buffer.length >= (this.need = this.needed(buffer))) {
      const message = buffer.subarray(5, this.need);
      buffer = buffer.subarray(this.need);
      this.listener(message);
    }
    this.parts = buffer.length > 0 ? [buffer] : [];
    this.have = buffer.length;
  }

  private needed(buffer: Buffer): number {
    if (buffer.length < 5) return 5;
    if (buffer[0] !== 0) throw new GrpcError(Code.UNIMPLEMENTED, 'Compressed messages are not supported.');
    const length = buffer.readUInt32BE(1);
    if (length > MAX_MESSAGE)
      throw new GrpcError(Code.RESOURCE_EXHAUSTED, `A message may have ${MAX_MESSAGE} bytes; this one has ${length}.`);
    return 5 + length;
  }
}
