import { createServer, type Http2Server, type ServerHttp2Session } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { Code, GrpcError, unavailable } from '../protocol/status.js';
import { Call } from './call.js';

export type Handler = (call: Call) => Promise<void>;

/** How long a connection may take to finish what was promised when the server stops, in milliseconds. */
const GRACE = 500;

const SETTINGS = {
  settings: { initialWindowSize: 1024 * 1024 },
  // Memory is bounded for each call (one page); a session of a hundred slow readers needs more than the default 10 MB.
  maxSessionMemory: 1_000,
  // Cancelling a subscription or a read is a reset; clients may do that often.
  streamResetBurst: 100_000,
  streamResetRate: 10_000,
};

/** gRPC over plain HTTP/2 on 127.0.0.1. */
export class GrpcServer {
  private readonly server: Http2Server;
  private readonly sessions = new Set<ServerHttp2Session>();
  private readonly calls = new Set<Call>();
  private stopping = false;

  /** `handlers` by path, `/package.Service/Method`. */
  constructor(private readonly handlers: ReadonlyMap<string, Handler>) {
    this.server = createServer(SETTINGS);
    this.server.on('session', (session) => {
      this.sessions.add(session);
      session.setLocalWindowSize(8 * 1024 * 1024);
      session.on('error', () => undefined); // a broken connection; 'close' follows
      session.on('close', () => this.sessions.delete(session));
    });
    this.server.on('stream', (stream, headers) => void this.handle(new Call(stream, headers)));
  }

  /** Resolves to the port. */
  listen(port: number): Promise<number> {
    return new Promise((resolve, reject) => {
      this.server.once('error', (reason: NodeJS.ErrnoException) =>
        reject(
          reason.code === 'EADDRINUSE'
            ? new Error(`Port ${port} is in use. Choose another one, or stop the program that has it.`, {
                cause: reason,
              })
            : reason,
        ),
      );
      this.server.listen(port, '127.0.0.1', () => resolve((this.server.address() as AddressInfo).port));
    });
  }

  /** Ends every call with UNAVAILABLE, so that no reader takes the end of the server for the end of the events. */
  async stop(): Promise<void> {
    this.stopping = true;
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    for (const call of this.calls) call.end(unavailable('The server is stopping.'));
    for (const session of this.sessions) session.close();
    const impatience = setTimeout(() => this.sessions.forEach((session) => session.destroy()), GRACE);
    await closed;
    clearTimeout(impatience);
  }

  private async handle(call: Call): Promise<void> {
    this.calls.add(call);
    call.whenClosed(() => this.calls.delete(call));
    try {
      if (this.stopping) throw unavailable('The server is stopping.');
      const handler = this.handlers.get(call.path);
      if (!handler)
        throw new GrpcError(
          Code.UNIMPLEMENTED,
          `The embedded event store does not support ${call.path}. Use EventStoreDB or KurrentDB for it.`,
        );
      await handler(call);
      call.end();
    } catch (error) {
      call.end(error);
    }
  }
}
