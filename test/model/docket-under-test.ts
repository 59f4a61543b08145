import { randomUUID } from 'node:crypto';
import { readEventLine } from '#audit';
import type { RecordedEvent } from '#event-store';
import { OneProcessDocket } from '../chaos/one-process-docket.js';
import type { Client } from '../e2e/client.js';
import { RunningProgram, temporaryFolder } from '../e2e/processes.js';

export const callers = ['kim', 'lee', 'mia'] as const;

/** One docket for all runs: each has devices and alerts of its own, so that none meets another. */
export class DocketUnderTest {
  /** The log up to this position is none of the runs' that come. */
  end = '0';

  private constructor(
    private readonly docket: OneProcessDocket,
    private readonly folder: Awaited<ReturnType<typeof temporaryFolder>>,
    readonly clients: readonly Client[],
    private readonly auditor: Client,
  ) {}

  static async start(): Promise<DocketUnderTest> {
    const folder = await temporaryFolder();
    const docket = new OneProcessDocket(folder.path);
    await docket.start();
    const clients = await Promise.all(callers.map((caller) => docket.as(caller)));
    return new DocketUnderTest(docket, folder, clients, await docket.as('auditor', 'auditor'));
  }

  async stop(): Promise<void> {
    await this.docket.stop();
    await this.folder.remove();
  }

  get reader(): Client {
    return this.clients[0]!;
  }

  /** Lets `docket verify` look at all of it, the read model included; gives back what it says where it finds a fault. */
  async verify(): Promise<string | undefined> {
    const verifying = new RunningProgram('apps/cli/main.js', ['verify', '--data', this.folder.path], {});
    return (await verifying.ended) === 0 ? undefined : verifying.output;
  }

  newName(): string {
    return randomUUID().slice(0, 13);
  }

  /** The log behind a position, up to its present end. */
  async eventsAfter(after: string): Promise<{ events: RecordedEvent[]; end: string }> {
    const { address, token } = this.auditor;
    const headers = { authorization: `Bearer ${token}` };
    const text = await (await fetch(`${address}/v1/events?after=${after}`, { headers })).text();
    const lines = text.trimEnd().split('\n');
    const last = JSON.parse(lines.pop()!) as { end?: { position: string } };
    if (!last.end) throw new Error(`The log was not sent to its end: ${text}`);
    return { events: lines.map(readEventLine), end: last.end.position };
  }
}
