import { describe, expect, it } from '@jest/globals';
import { prefersAsync } from './prefer.js';

describe('an answer at once', () => {
  it.each([
    'respond-async',
    'Respond-Async',
    'respond-async, wait=10',
    'return=minimal , respond-async',
    'respond-async; because="it is late"',
    'respond-async=""',
  ])('is preferred by %s', (header) => {
    expect(prefersAsync(header)).toBe(true);
  });

  it.each([
    undefined,
    '',
    'return=minimal',
    'respond-asynchronously',
    'respond-async=no',
    'x="1, respond-async"',
    'return; respond-async',
    'x="never closed, respond-async',
  ])('is not preferred by %s', (header) => {
    expect(prefersAsync(header)).toBe(false);
  });

  it('is preferred by any of several headers', () => {
    expect(prefersAsync(['return=minimal', 'respond-async'])).toBe(true);
  });
});
