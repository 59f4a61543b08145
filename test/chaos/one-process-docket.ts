import { randomBytes } from 'node:crypto';
import type { Role } from '#platform';
import { Client, tokenFor } from '../e2e/client.js';
import { builtPrograms, RunningProgram } from '../e2e/processes.js';

/** What `docket start` runs: everything in one process on a data folder, to be killed and started again. */
export class OneProcessDocket {
  readonly #key = randomBytes(32);
  #program: RunningProgram | undefined;
  address = '';

  constructor(
    readonly folder: string,
    readonly settings: Readonly<Record<string, string>> = {},
    readonly programs: string = builtPrograms,
  ) {}

  async start(): Promise<void> {
    const settings = {
      DOCKET_DATA: this.folder,
      DOCKET_PORT: '0',
      DOCKET_EXAMPLES: 'off',
      DOCKET_TOKEN_KEY: this.#key.toString('base64url'),
      ...this.settings,
    };
    this.#program = new RunningProgram('apps/cli/main.js', ['start'], settings, undefined, this.programs);
    this.address = await this.#program.says(/ready.*?(http:\/\/127\.0\.0\.1:\d+)/s, 60_000);
  }

  /** Resolves when its process is gone. */
  async gone(): Promise<void> {
    await this.#program?.ended;
  }

  get output(): string {
    return this.#program?.output ?? '';
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null | undefined> {
    return this.#program?.stop(signal);
  }

  async as(id: string, role: Role = 'analyst'): Promise<Client> {
    return new Client(this.address, await tokenFor(this.#key, id, role));
  }
}
