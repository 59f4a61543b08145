/** How often each value occurs. Alerts come and go by the thousand: nothing here looks at all of them again. */
export class Tally {
  readonly #counts = new Map<string, number>();

  add(value: string): void {
    this.#counts.set(value, (this.#counts.get(value) ?? 0) + 1);
  }

  remove(value: string): void {
    const count = this.#counts.get(value) ?? 0;
    if (count > 1) this.#counts.set(value, count - 1);
    else this.#counts.delete(value);
  }

  /** The distinct values as they would be after some came and some left; costs as much as those, not as what is there. */
  after({ coming = [], leaving = [] }: { coming?: Iterable<string>; leaving?: Iterable<string> }): Distinct {
    const change = new Map<string, number>();
    for (const value of coming) change.set(value, (change.get(value) ?? 0) + 1);
    for (const value of leaving) change.set(value, (change.get(value) ?? 0) - 1);

    const counts = this.#counts;
    const appearing: string[] = [];
    const vanishing = new Set<string>();
    for (const [value, by] of change) {
      const before = counts.get(value) ?? 0;
      if (before === 0 && by > 0) appearing.push(value);
      if (before > 0 && before + by <= 0) vanishing.add(value);
    }
    return {
      size: counts.size + appearing.length - vanishing.size,
      *[Symbol.iterator]() {
        for (const value of counts.keys()) if (!vanishing.has(value)) yield value;
        yield* appearing;
      },
    };
  }
}

export interface Distinct extends Iterable<string> {
  readonly size: number;
}
