/**
 * How often each value occurs: `values` are distinct and in the order of their keys, `counts[i]` belongs to `values[i]`. Plain
 * arrays, because documents hold them: `values` is what is shown and indexed, `counts` is what lets alerts leave without a look at
 * those that stay.
 */
export interface SortedTally<T> {
  readonly values: T[];
  readonly counts: number[];
}

type KeyOf<T> = (value: T) => string;

export function enter<T>({ values, counts }: SortedTally<T>, value: T, keyOf: KeyOf<T>): void {
  const place = placeOf(values, keyOf(value), keyOf);
  if (isAt(values, place, keyOf(value), keyOf)) {
    counts[place] = counts[place]! + 1;
    return;
  }
  values.splice(place, 0, value);
  counts.splice(place, 0, 1);
}

export function leave<T>({ values, counts }: SortedTally<T>, value: T, keyOf: KeyOf<T>): void {
  const place = placeOf(values, keyOf(value), keyOf);
  if (!isAt(values, place, keyOf(value), keyOf)) return;
  if (counts[place]! > 1) {
    counts[place] = counts[place]! - 1;
    return;
  }
  values.splice(place, 1);
  counts.splice(place, 1);
}

/** Where `key` is, or would be. */
function placeOf<T>(values: readonly T[], key: string, keyOf: KeyOf<T>): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (keyOf(values[middle]!) < key) low = middle + 1;
    else high = middle;
  }
  return low;
}

function isAt<T>(values: readonly T[], place: number, key: string, keyOf: KeyOf<T>): boolean {
  return place < values.length && keyOf(values[place]!) === key;
}
