/** Lets a bounded number of appends, or of other work, through at a time, the rest in the order in which they came. */
export class Gate {
  private underWay = 0;
  private readonly waiting: (() => void)[] = [];
  private emptied: (() => void)[] = [];
  private held = 0;

  constructor(private readonly limit: number) {}

  async pass<T>(work: () => Promise<T>): Promise<T> {
    if (this.held > 0 || this.underWay >= this.limit) await new Promise<void>((go) => this.waiting.push(go));
    else this.underWay++;
    try {
      return await work();
    } finally {
      this.underWay--;
      this.admit();
    }
  }

  /** Does `work` while nothing else is under way. */
  async whileEmpty(work: () => Promise<void>): Promise<void> {
    this.held++;
    try {
      if (this.underWay > 0) await new Promise<void>((go) => this.emptied.push(go));
      await work();
    } finally {
      this.held--;
      this.admit();
    }
  }

  private admit(): void {
    if (this.underWay === 0) for (const go of this.emptied.splice(0)) go();
    while (this.held === 0 && this.underWay < this.limit) {
      const next = this.waiting.shift();
      if (!next) return;
      this.underWay++; // before it runs, so that nobody slips in between
      next();
    }
  }
}
