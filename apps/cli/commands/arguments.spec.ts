import { expect, it } from '@jest/globals';
import { whole } from './arguments.js';

it('takes whole numbers within their bounds, and says these', () => {
  expect(['1', '32'].map(whole(1, 32))).toEqual([1, 32]);
  for (const wrong of ['0', '33', '5000000000', '1.5', 'x'])
    expect(() => whole(1, 32)(wrong)).toThrow('Give a whole number from 1 to 32.');
  expect(whole(0)('5000000000')).toBe(5_000_000_000);
  expect(() => whole(1)('0')).toThrow('Give a whole number from 1 on.');
});
