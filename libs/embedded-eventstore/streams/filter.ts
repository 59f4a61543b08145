import type { StoredEvent } from '../storage/record.js';
import { invalidArgument } from '../protocol/status.js';

/** Which events of `$all` a reader wants: those whose type or stream name has one of the prefixes, or matches the regex. */
export interface FilterRequest {
  readonly on: 'stream' | 'type';
  readonly prefixes: readonly string[];
  readonly regex: string | undefined;
}

export type Filter = (event: StoredEvent) => boolean;

export function compileFilter({ on, prefixes, regex }: FilterRequest): Filter {
  if (regex) {
    const expression = compile(regex);
    return (event) => expression.test(event[on]);
  }
  return (event) => {
    const name = event[on];
    return prefixes.some((prefix) => name.startsWith(prefix));
  };
}

function compile(regex: string): RegExp {
  try {
    return new RegExp(regex);
  } catch (reason) {
    throw invalidArgument(`The filter's regular expression is not valid: ${(reason as Error).message}`);
  }
}
