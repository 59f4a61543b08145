import { describe, expect, it } from '@jest/globals';
import stringWidth from 'string-width';
import { ProblemAnswer } from '../connection/docket-client.js';
import type { DocketClient } from '../connection/docket-client.js';
import { AlertTitles } from './alert-titles.js';
import { entryBlock } from './entry-block.js';
import type { Entry } from './entry.js';
import { anEntry } from './testing/entry.js';

/** Knows the titles of some alerts, and remembers what it was asked. */
function titlesOf(known: Readonly<Record<string, string>>) {
  const asked: string[] = [];
  const get = async (path: string) => {
    asked.push(path);
    const title = known[path.split('/').at(-1)!];
    if (title === undefined) throw new ProblemAnswer(404, { title: 'There is no such alert' });
    return { title };
  };
  return { titles: new AlertTitles({ get } as Pick<DocketClient, 'get'>), asked };
}

describe('an entry in a terminal', () => {
  const { titles, asked } = titlesOf({ a: 'Malware found', b: 'Phishing' });
  const block = (more: Partial<Entry>, width = 80) => entryBlock(anEntry(more), titles, width);

  it('tells who did what and when, and from what to what', async () => {
    const changes = [{ property: 'assignedTo', from: 'lee', to: 'kim' }];
    expect(await block({ type: 'IncidentAssigned', changes, alertIds: ['a', 'b', 'gone', 'd', 'e'] })).toEqual([
      '    7   2026-11-23 12:00:00  Kim assigned it',
      '        owner   lee → kim',
      '        alerts  Malware found',
      '                Phishing',
      '                gone',
      '                and 2 more',
    ]);
  });

  it('asks for the title of an alert once, and for none that the history told', async () => {
    asked.length = 0;
    await block({ type: 'AlertAdded', alertId: 'new', changes: [{ property: 'alerts', from: null, to: 'Told' }] });
    expect(await block({ type: 'AlertCommented', alertId: 'new', comment: 'x' })).toContain('        alert  Told');
    await block({ type: 'AlertCommented', alertId: 'a', comment: 'x' });
    expect(asked).toEqual([]);
  });

  it('shows a comment line by line, wrapped, in which nothing can act', async () => {
    const lines = await block({ comment: `one\n${'word '.repeat(30)}\u001b[2J\u202E` });
    expect(lines[1]).toBe('        │ one');
    for (const line of lines) expect(stringWidth(line)).toBeLessThanOrEqual(80);
    expect(lines.join('')).not.toMatch(/[\u001b\u202E]/);
  });

  it.each([
    [{ by: 'Lee', at: '2025-01-01T12:00:00+02:00' }, 'there by Lee at 2025-01-01 10:00:00'],
    [{ by: null, at: null }, 'there by somebody'],
    [{ by: 'Lee', at: 'last week' }, 'there by Lee at last week'],
  ])('tells of a comment from elsewhere who wrote it there: %j', async (imported, told) => {
    expect(await block({ type: 'CommentImported', imported, comment: 'Seen.' })).toContain(`        written  ${told}`);
  });

  it('shows what a later Docket did by its name', async () => {
    expect((await block({ type: 'IncidentPraised', kind: 'audit' }))[0]).toMatch(/Kim IncidentPraised$/);
  });
});
