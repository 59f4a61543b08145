import { describe, expect, it } from '@jest/globals';
import { fields } from './fields.js';

describe('fields', () => {
  it('stand below each other, wrapped beside their labels, and what is nothing is left out', () => {
    const all = [['name', 'A potentially malicious URL click was detected'] as const, ['owner', null] as const];
    expect(fields([...all, ['status', 'active']], 40, '  ')).toEqual([
      '  name    A potentially malicious URL',
      '          click was detected',
      '  status  active',
    ]);
  });

  it('keep line breaks for people, and are a line each for programs', () => {
    const said = [['comment', 'one\ntwo\u001b[2J'] as const];
    expect(fields(said, 40)).toEqual(['comment  one', '         two[2J']);
    expect(fields(said, undefined)).toEqual(['comment\tone two[2J']);
  });
});
