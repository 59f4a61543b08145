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

/** `before`: nothing of it is written. `after`: it is durable, and nobody has been told. */
export type CrashMoment = AppendPoint & { readonly when: 'before' | 'after' };

export interface Order {
  readonly dies?: CrashMoment;
  /** Holds up every append of a name until another one is there. */
  readonly hold?: { readonly append: string; readonly until: AppendPoint };
}

const preload = pathToFileURL(join(import.meta.dirname, 'crash-point.mjs')).href;

/** A docket that dies where it is told to, on a folder of its own. */
export class MortalDocket extends OneProcessDocket {
  readonly #orders: string;
  #startedInMs = 0;

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

  override async start(): Promise<void> {
    const begin = performance.now();
    await super.start();
    this.#startedInMs = performance.now() - begin;
  }

  /**
   * How long it has to bring everything to its end, from when it answers again. Milliseconds: 5 s, or where the machine is so busy that
   * the start alone takes a multiple of the usual 2.5 s, that multiple.
   */
  get patienceMs(): number {
    return Math.max(5_000, 2 * this.#startedInMs);
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
