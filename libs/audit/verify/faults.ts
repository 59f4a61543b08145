/** Something in a log that may not be. */
export interface Fault {
  readonly stream: string;
  readonly revision: number;
  readonly fault: string;
}

/** How many are told one by one; of a log that is broken everywhere, the first ones tell most. */
const told = 20;

export class Faults {
  count = 0;
  readonly first: Fault[] = [];

  add({ stream, revision }: { readonly stream: string; readonly revision: number }, fault: string): void {
    this.count++;
    if (this.first.length < told) this.first.push({ stream, revision, fault });
  }
}
