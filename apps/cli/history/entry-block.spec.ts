import { describe, expect, it } from '@jest/globals';
import stringWidth from 'string-width';
import { ProblemAnswer } from '../connection/docket-client.js';
import type { DocketClient } from '../connection/docket-client.js';
import { AlertTitles } from './alert-titles.js';
import { Causes } from './causes.js';
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
  const causes = new Causes();
  const block = (more: Partial<Entry>, width = 80) => entryBlock(anEntry(more), { titles, causes }, width);

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

  it.each([
    [{ type: 'AlertAdded', alertId: 'a', revision: 5 }, 'an alert came (entry 5)'],
    [{ type: 'AlertMovedOut', alertIds: ['a', 'b'], revision: 5 }, 'alerts left (entry 5)'],
    [{ type: 'AlertUpdated', alertId: 'a', revision: 5 }, 'an alert was reported anew (entry 5)'],
  ])('tells why it has another name: after %j', async (before, why) => {
    const together = { kind: 'audit', commandId: `c-${before.type}` } as const;
    await block({ ...before, ...together });
    const changes = [{ property: 'displayName', from: 'Phish', to: 'Execution incident' }];
    expect(await block({ ...together, type: 'IncidentNamedAutomatically', revision: 6, changes })).toEqual([
      '    6   2026-11-23 12:00:00  Kim named it',
      '        name     Phish → Execution incident',
      `        because  ${why}`,
    ]);
  });

  it('tells of several causes from where to where, and of other commands none', async () => {
    for (const revision of [1, 2, 3]) await block({ type: 'AlertAdded', alertId: 'a', revision, commandId: 'batch' });
    const changes = [{ property: 'severity', from: 'low', to: 'high' }];
    const raised = { type: 'IncidentSeverityChanged', changes };
    expect(await block({ ...raised, commandId: 'batch' })).toContain('        because   alerts came (entries 1 to 3)');
    for (const commandId of ['other', undefined])
      expect((await block({ ...raised, ...(commandId && { commandId }) })).join()).not.toContain('because');
  });

  it('tells of a merge from both sides where the other history is', async () => {
    const absorbed = [{ property: 'mergedIncidentIds', from: null, to: '9' }];
    const reasons = ['sameActor'];
    expect(await block({ type: 'IncidentAbsorbed', changes: absorbed, reasons, comment: 'One actor.' })).toEqual([
      '    7   2026-11-23 12:00:00  Kim merged another into it',
      '        incident     9',
      '        because      sameActor',
      '        its history  docket history 9',
      '        │ One actor.',
    ]);
    const changes = [
      { property: 'status', from: 'active', to: 'redirected' },
      { property: 'redirectIncidentId', from: null, to: '3' },
    ];
    expect(await block({ type: 'IncidentMerged', changes, alertIds: ['a'] })).toEqual([
      '    7   2026-11-23 12:00:00  Kim merged it into another',
      '        status       active → redirected',
      '        merged into  3',
      '        alerts       Malware found',
      '        goes on      docket history 3',
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
