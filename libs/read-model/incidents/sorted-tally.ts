/**
 * How often each value occurs: `values` are distinct and in order, `counts[i]` belongs to `values[i]`. Plain arrays, because documents hold
 * them: `values` is what is shown and indexed, `counts` is what lets alerts leave without a look at those that stay.
 */
export interface SortedTally {
  readonly values: string[];
  readonly counts: number[];
}

/**
 * What a product calls its categories is its own affair; how large a document becomes is not. A value that comes when there
 * are as many is neither shown nor counted: it may be missing later, though there is room and an alert still has it.
 */
export const mostValues = 200;

export function enter({ values, counts }: SortedTally, value: string, most = mostValues): void {
  const place = placeOf(values, value);
  if (values[place] === value) {
    counts[place] = counts[place]! + 1;
    return;
  }
  if (values.length >= most) return;
  values.splice(place, 0, value);
  counts.splice(place, 0, 1);
}

export function leave({ values, counts }: SortedTally, value: string): void {
  const place = placeOf(values, value);
  if (values[place] !== value) return;
  if (counts[place]! > 1) {
    counts[place] = counts[place]! - 1;
    return;
  }
  values.splice(place, 1);
  counts.splice(place, 1);
}

/** Where `value` is, or would be. */
function placeOf(values: readonly string[], value: string): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (values[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
