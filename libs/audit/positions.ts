/** The positions of the events of a log, in order: 8 bytes each, so that those of millions can be kept. */
export class Positions {
  private positions = new BigUint64Array(1_024);
  size = 0;

  add(position: bigint): void {
    if (this.size === this.positions.length) {
      const larger = new BigUint64Array(this.size * 2);
      larger.set(this.positions);
      this.positions = larger;
    }
    this.positions[this.size++] = position;
  }

  /** Of the event at this place; the first one has place 1. */
  at(place: number): bigint {
    return this.positions[place - 1]!;
  }

  /** How many events stand at this position or before it. Of an event's own position that is its place. */
  upTo(position: bigint): number {
    let low = 0;
    let high = this.size;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.positions[middle]! <= position) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
