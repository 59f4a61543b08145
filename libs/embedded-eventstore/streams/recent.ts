/** Where an event stands. */
export interface Place {
  readonly stream: string;
  readonly revision: number;
  readonly position: number;
}

/**
 * The places of the events that were appended last, by their ids: of the last `most` for certain, and of up to as many before them.
 *
 * Two generations, of which the older goes as a whole: a Map from which the oldest entries are deleted one by one is
 * searched through ever more of deleted ones for the next.
 */
export class Recent {
  private younger = new Map<string, Place>();
  private older = new Map<string, Place>();
  private lastOfOlder = 0;

  constructor(private readonly most: number) {}

  of(id: string): Place | undefined {
    return this.younger.get(id) ?? this.older.get(id);
  }

  /** Places are remembered in the order of their positions. None is forgotten that is behind `onDisk`. */
  remember(id: string, place: Place, onDisk: number): void {
    if (this.younger.size >= this.most && this.lastOfOlder <= onDisk) {
      this.older = this.younger;
      this.younger = new Map();
      this.lastOfOlder = place.position - 1;
    }
    this.younger.set(id, place);
  }

  /** What is behind `position` never came to be. */
  forgetBehind(position: number): void {
    for (const generation of [this.younger, this.older])
      for (const [id, place] of generation) if (place.position > position) generation.delete(id);
  }
}
