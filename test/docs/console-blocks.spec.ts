import { describe, expect, it } from '@jest/globals';
import { examplesIn, matches } from './console-blocks.js';

describe('the commands of a page', () => {
  it('are told from what they print, over several lines too', () => {
    const page = [
      'Say it:',
      '```console',
      '$ echo one',
      'one',
      '',
      "$ cat > file <<'END'",
      '> inside',
      '> END',
      '$ echo two \\',
      '    three',
      'two three',
      '```',
      '```sh',
      '$ not this',
      '```',
    ].join('\n');
    expect(examplesIn(page)).toEqual([
      { line: 3, command: 'echo one', prints: ['one'] },
      { line: 6, command: "cat > file <<'END'\ninside\nEND", prints: [] },
      { line: 9, command: 'echo two \\\n    three', prints: ['two three'] },
    ]);
  });

  it('print what the page says, but for what it leaves open', () => {
    expect(matches(['id 7 (at 12:01)', ''], ['id 7 (at …)'])).toBe(true);
    expect(matches(['id 8 (at 12:01)'], ['id 7 (at …)'])).toBe(false);
    expect(matches(['a', 'b', 'c', 'd'], ['a', '…', 'd'])).toBe(true);
    expect(matches(['a', 'd'], ['a', '…', 'd'])).toBe(true);
    expect(matches(['a', 'b'], ['a'])).toBe(false);
    expect(matches(['a.b'], ['a*b'])).toBe(false);
    expect(matches([], [])).toBe(true);
  });
});
