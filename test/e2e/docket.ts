import { randomBytes } from 'node:crypto';
import type { Role } from '#platform';
import { Client, tokenFor } from './client.js';
import { RunningProgram, temporaryFolder } from './processes.js';

/** A whole docket, each part in a process of its own: two stores, the API and the projector. */
export class RunningDocket {
  readonly #key = randomBytes(32);
  readonly #programs: RunningProgram[] = [];
  #folder!: Awaited<ReturnType<typeof temporaryFolder>>;
  address!: string;

  static async start(): Promise<RunningDocket> {
    const docket = new RunningDocket();
    docket.#folder = await temporaryFolder();
    const { path } = docket.#folder;
    const events = docket.#run('libs/embedded-eventstore/main.js', ['--port', '0', '--data', `${path}/events`]);
    const documents = docket.#run('libs/embedded-mongodb/main.js', ['--port', '0', '--data', `${path}/documents`]);
    const settings = {
      EVENTSTORE_URL: process.env.EVENTSTORE_URL ?? (await events.says(/(esdb:\S+)/)),
      MONGODB_URL: process.env.MONGODB_URL ?? (await documents.says(/(mongodb:\S+)/)),
      DOCKET_TOKEN_KEY: docket.#key.toString('base64url'),
      DOCKET_PORT: '0',
      DOCKET_PROJECTOR_PORT: '0',
    };
    const projector = docket.#run('apps/projector/main.js', [], settings);
    const api = docket.#run('apps/api/main.js', [], settings);
    docket.address = await api.says(/(http:\/\/127\.0\.0\.1:\d+)/);
    await projector.says(/ready/);
    return docket;
  }

  #run(program: string, args: string[], settings: Record<string, string> = {}): RunningProgram {
    const running = new RunningProgram(program, args, settings);
    this.#programs.push(running);
    return running;
  }

  async as(id: string, role: Role = 'analyst'): Promise<Client> {
    return new Client(this.address, await tokenFor(this.#key, id, role));
  }

  nobody(): Client {
    return new Client(this.address, undefined);
  }

  async stop(): Promise<void> {
    for (const program of this.#programs.reverse()) await program.stop();
    await this.#folder.remove();
  }
}
