import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { builtPrograms, temporaryFolder } from '../e2e/processes.js';
import { OneProcessDocket } from './one-process-docket.js';

/** The `nth` (from 1) append of this name (the types in it, joined by ` + `) since the order was given. */
export interface AppendPoint {
  readonly append: string;
  readonly nth: number;
}

export interface Order {
  /** `before`: nothing of it is written. `after`: it is durable, and nobody has been told. */
  readonly dies?: AppendPoint & { readonly when: 'before' | 'after' };
  /** Holds up every append of a name until another one is there. */
  readonly hold?: { readonly append: string; readonly until: AppendPoint };
}

const preload = pathToFileURL(join(import.meta.dirname, 'crash-point.mjs')).href;

/** A docket that dies where it is told to, on a folder of its own. */
export class MortalDocket extends OneProcessDocket {
  readonly #orders: string;

  private constructor(
    private readonly home: Awaited<ReturnType<typeof temporaryFolder>>,
    programs: string,
  ) {
    const orders = join(home.path, 'crash-point');
    mkdirSync(orders);
    super(
      join(home.path, 'data'),
      { NODE_OPTIONS: `--import ${preload}`, CRASH_POINT: orders, CRASH_POINT_PROGRAMS: programs },
      programs,
    );
    this.#orders = orders;
  }

  static async begin(programs = builtPrograms): Promise<MortalDocket> {
    const docket = new MortalDocket(await temporaryFolder(), programs);
    await docket.start();
    return docket;
  }

  /** Forgets the order before; what is appended from now on is written down. */
  order(order: Order): void {
    rmSync(join(this.#orders, 'appends'), { force: true });
    writeFileSync(join(this.#orders, 'order.new'), JSON.stringify(order));
    renameSync(join(this.#orders, 'order.new'), join(this.#orders, 'order.json'));
  }

  noOrder(): void {
    rmSync(join(this.#orders, 'order.json'), { force: true });
  }

  /** What was appended since the order, in the order of the answers of the store. */
  get appends(): string[] {
    try {
      const lines = readFileSync(join(this.#orders, 'appends'), 'utf8').trimEnd().split('\n');
      return lines.map((line) => line.slice(line.indexOf(' ') + 1));
    } catch {
      return [];
    }
  }

  async end(): Promise<void> {
    await this.stop('SIGKILL');
    await this.home.remove();
  }
}
