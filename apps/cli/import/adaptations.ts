import type { Adaptation } from './destination.js';
import type { Place } from './reading/row-scanner.js';

/** What the rows at these places lose by being read. */
export const roundedAt = (places: readonly Place[]): Adaptation[] =>
  places
    .flatMap(({ rounded = [] }) => rounded)
    .map(({ property, from, to, times }) => {
      const others = times > 1 ? `, nor ${times - 1} others of this name` : '';
      return { property, from, to, because: `no number holds it to the last digit${others}` };
    });

/** Characters. */
const longest = 200;

/** As much of a value as is shown: what is told of a file of millions of rows is held to its end. */
export function shortened(value: unknown): unknown {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  if (text === undefined || text.length <= longest) return value;
  return `${Buffer.from(text.slice(0, longest)).toString()}…`; // a slice alone would hold the whole
}
