import { existsSync, readdirSync, rmSync } from 'node:fs';
import { connect, type IncomingHttpHeaders } from 'node:http2';
import type { Owner } from '#folder-lock';
import { Code, GrpcError } from './protocol/status.js';
import { frame } from './protocol/wire.js';
import type { EventLog } from './storage/log.js';
import type { Call } from './transport/call.js';

/** The call by which another process has the store copy itself. */
export const COPY = '/docket.embedded_eventstore.Copies/Copy';

interface CopyRequest {
  readonly secret: string;
  /** An empty folder; absolute. */
  readonly into: string;
}

/** Ends when the copy is made. Whoever lets go of the call before has no copy. */
export async function answerCopy(call: Call, log: EventLog, secret: string): Promise<void> {
  const request = JSON.parse((await call.message()).toString()) as CopyRequest;
  // The port is open to all who are on this machine, and this writes files.
  if (request.secret !== secret)
    throw new GrpcError(Code.PERMISSION_DENIED, 'A copy is made only for those who may read the folder of the store.');
  if (!existsSync(request.into))
    throw new GrpcError(Code.FAILED_PRECONDITION, `the store's process does not find ${request.into}`);
  if (readdirSync(request.into).length > 0)
    throw new GrpcError(Code.FAILED_PRECONDITION, `${request.into} is not empty`);
  try {
    await log.copyTo(request.into);
  } finally {
    if (call.closed) rmSync(request.into, { recursive: true, force: true }); // whoever asked is gone
  }
}

/** Has the store that `owner` runs copied into an empty folder. Rejects with what the store says. */
export function askForCopy({ pid, contact }: Owner, into: string): Promise<void> {
  if (!contact)
    return Promise.reject(new Error(`process ${pid} has the folder, and no store runs there yet. Try again later.`));
  return new Promise((resolve, reject) => {
    const session = connect(`http://127.0.0.1:${contact.port}`);
    session.on('error', reject);
    const call = session.request({ ':method': 'POST', ':path': COPY, 'content-type': 'application/grpc' });
    let status: IncomingHttpHeaders = {};
    call.on('response', (headers) => (status = headers)); // a call without a message has its status here
    call.on('error', reject);
    call.on('close', () => {
      session.close();
      if (status['grpc-status'] === `${Code.OK}`) resolve();
      else reject(new Error(decodeURIComponent(String(status['grpc-message'] ?? 'the store ended'))));
    });
    call.resume();
    call.end(frame(Buffer.from(JSON.stringify({ secret: contact.secret, into } satisfies CopyRequest))));
  });
}
