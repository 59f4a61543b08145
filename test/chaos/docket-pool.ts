import { MortalDocket } from './mortal-docket.js';

/** Dockets to die side by side, as most of the time of a crash is waiting. They begin when they are needed. */
export class DocketPool {
  #begun = 0;
  readonly #idle: MortalDocket[] = [];
  readonly #waiting: ((docket: MortalDocket) => void)[] = [];

  constructor(readonly size: number) {}

  /** Lends a docket for as long as the work takes. One whose work failed may be in any state, and is replaced. */
  async lend<T>(work: (docket: MortalDocket) => Promise<T>): Promise<T> {
    const docket = await this.#take();
    try {
      const result = await work(docket);
      this.#giveBack(docket);
      return result;
    } catch (error) {
      const { output } = docket;
      await docket.end();
      this.#giveBack(await MortalDocket.begin());
      throw new Error(`${(error as Error).message}\nThe docket said:\n${output}`, { cause: error });
    }
  }

  /** When nobody has one any more. */
  async end(): Promise<void> {
    await Promise.all(this.#idle.map((docket) => docket.end()));
  }

  async #take(): Promise<MortalDocket> {
    const idle = this.#idle.pop();
    if (idle) return idle;
    if (this.#begun >= this.size) return new Promise((resolve) => this.#waiting.push(resolve));
    this.#begun += 1;
    return MortalDocket.begin();
  }

  #giveBack(docket: MortalDocket): void {
    const next = this.#waiting.shift();
    if (next) next(docket);
    else this.#idle.push(docket);
  }
}
