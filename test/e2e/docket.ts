import { randomBytes } from 'node:crypto';
import type { Health, PartHealth, Role } from '#platform';
import { Client, tokenFor } from './client.js';
import { given, ownDatabase } from './given-servers.js';
import type { OwnDatabase } from './given-servers.js';
import { RunningProgram, temporaryFolder } from './processes.js';

export interface RunningProjector {
  readonly program: RunningProgram;
  readonly address: string;
}

/** A whole docket, each part in a process of its own: the API, the projector, and the stores that are not given. */
export class RunningDocket {
  readonly #key = randomBytes(32);
  readonly #programs: RunningProgram[] = [];
  #folder!: Awaited<ReturnType<typeof temporaryFolder>>;
  #database: OwnDatabase | undefined;
  #settings!: Record<string, string>;
  projector!: RunningProjector;
  address!: string;

  static async start(): Promise<RunningDocket> {
    const docket = new RunningDocket();
    docket.#folder = await temporaryFolder();
    try {
      await docket.#startAll();
    } catch (error) {
      await docket.stop();
      throw error;
    }
    return docket;
  }

  async #startAll(): Promise<void> {
    if (given.mongodbUrl) this.#database = ownDatabase(given.mongodbUrl);
    const [eventStoreUrl, mongodbUrl] = await Promise.all([
      given.eventStoreUrl ?? this.#startStore('libs/embedded-eventstore/main.js', 'events').says(/(esdb:\S+)/),
      this.#database?.url ?? this.#startStore('libs/embedded-mongodb/main.js', 'documents').says(/(mongodb:\S+)/),
    ]);
    this.#settings = {
      EVENTSTORE_URL: eventStoreUrl,
      MONGODB_URL: mongodbUrl,
      DOCKET_TOKEN_KEY: this.#key.toString('base64url'),
      DOCKET_PORT: '0',
      DOCKET_PROJECTOR_PORT: '0',
    };
    const projector = this.startProjector();
    const api = this.#run('apps/api/main.js', [], this.#settings);
    this.address = await api.says(/(http:\/\/127\.0\.0\.1:\d+)/);
    this.projector = await projector;
    await caughtUp(this.projector.address);
  }

  /** One more on the same stores. */
  async startProjector(): Promise<RunningProjector> {
    const program = this.#run('apps/projector/main.js', [], this.#settings);
    return { program, address: await program.says(/ready on (\S+)/) };
  }

  /** Of the stores, for commands that reach them by themselves. */
  get stores(): Record<string, string> {
    const { EVENTSTORE_URL = '', MONGODB_URL = '' } = this.#settings;
    return { EVENTSTORE_URL, MONGODB_URL };
  }

  #startStore(program: string, folder: string): RunningProgram {
    return this.#run(program, ['--port', '0', '--data', `${this.#folder.path}/${folder}`]);
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
    await this.#database?.drop();
    await this.#folder.remove();
  }
}

/** What `/health/ready` says of the parts of an API or a projector. */
export async function healthAt(address: string): Promise<Record<string, PartHealth>> {
  return ((await (await fetch(`${address}/health/ready`)).json()) as Health).parts;
}

/** A log that is not empty has to be gone through first: until then queries would wait for it longer than they do. */
async function caughtUp(address: string, timeoutMs = 50_000): Promise<void> {
  const until = performance.now() + timeoutMs;
  for (;;) {
    const { projector, ...processes } = await healthAt(address);
    const areLive = Object.values(processes).every(({ state }) => state === 'live');
    if (projector?.state === 'projecting' && areLive) return;
    if (performance.now() > until)
      throw new Error(`The projector does not reach the end of the log: ${JSON.stringify(processes)}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
