import { limits } from '#incidents';
import { invalid } from '../http/invalid.js';
import { isUnicode } from '../http/unicode.js';

/** @throws Problem invalid-request */
export function assertName(name: string): string {
  const isName = /\S/.test(name) && [...name].length <= limits.viewName && isUnicode(name) && !/\p{Cc}/u.test(name);
  if (!isName)
    throw invalid('query', 'name', `must be text that is not blank, of at most ${limits.viewName} characters`);
  return name.trim();
}
