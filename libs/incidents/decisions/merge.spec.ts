import { describe, expect, it } from '@jest/globals';
import type { IncidentEvent } from '../events.js';
import type { Incident } from '../incident.js';
import { added, alert, fold, given, opened } from '../testing/scenario.js';
import { limits } from '../vocabulary.js';
import { assign, assignAlert } from './assignment.js';
import { classify } from './classification.js';
import { comment } from './comments.js';
import { addAlerts } from './intake.js';
import { absorb, chooseMerge, merge, takeOwner } from './merge.js';
import { moveIn, moveOut } from './move.js';
import { rename } from './naming.js';
import { resolve, start } from './status.js';
import { changeTags } from './tags.js';

const because = { comment: null, reasons: [] };
const truePositive = { classification: 'truePositive', determination: 'phishing' } as const;
const open = (incidentId: string, ...events: IncidentEvent[]) => [opened({ incidentId }), ...events];
const incident = (incidentId: string, ...events: IncidentEvent[]): Incident => fold(open(incidentId, ...events))!;
const owned = (incidentId: string, assignedTo: string) =>
  incident(incidentId, { type: 'IncidentAssigned', data: { assignedTo, previous: null, alertIds: [] } });
const judged = (
  incidentId: string,
  judgement: typeof truePositive | { classification: 'falsePositive'; determination: null },
) =>
  incident(incidentId, {
    type: 'IncidentClassified',
    data: { ...judgement, previous: { classification: null, determination: null } },
  });

describe('which incidents may become one', () => {
  it('those that nobody decided otherwise of: the one with the lowest number stays', () => {
    expect(chooseMerge([incident('10'), incident('9'), incident('11')])).toEqual({
      toIncidentId: '9',
      fromIncidentIds: ['10', '11'],
    });
  });

  it('not one that is resolved, or part of another', () => {
    const resolved = fold([
      ...open('2'),
      ...given(...open('2'))
        .when(resolve({ comment: null }))
        .thenEvents(),
    ])!;
    expect(chooseMerge([incident('1'), resolved])).toEqual({ refused: 'incident-resolved', incidentId: '2' });
    const merged = given(...open('3'))
      .when(merge({ toIncidentId: '2', ...because }))
      .thenIncident();
    expect(chooseMerge([incident('1'), merged])).toEqual({
      refused: 'incident-redirected',
      incidentId: '3',
      redirectIncidentId: '2',
    });
  });

  it('not those that two people have, or that were judged in two ways; one of them may have what the other has not', () => {
    expect(chooseMerge([owned('1', 'kim'), owned('2', 'lee'), incident('3')])).toEqual({
      refused: 'incidents-differ',
      differences: [{ property: 'assignedTo', values: { 1: 'kim', 2: 'lee' } }],
    });
    const falsePositive = judged('2', { classification: 'falsePositive', determination: null });
    expect(chooseMerge([judged('1', truePositive), falsePositive])).toMatchObject({
      differences: [{ property: 'classification', values: { 1: 'truePositive', 2: 'falsePositive' } }],
    });
    expect(chooseMerge([owned('1', 'kim'), judged('2', truePositive)])).toMatchObject({ toIncidentId: '1' });
  });

  it('not those that together have too many tags', () => {
    const tagged = (incidentId: string) =>
      incident(incidentId, {
        type: 'IncidentTagged',
        data: { kind: 'custom', tags: Array.from({ length: 150 }, (_, n) => `${incidentId}-${n}`) },
      });
    expect(chooseMerge([tagged('1'), tagged('2')])).toEqual({
      refused: 'too-many-tags',
      incidentId: '1',
      limit: limits.tags,
    });
  });
});

describe('an incident that was merged', () => {
  const merged = given(...open('2', added(alert('a')), added(alert('b')))).when(
    merge({ toIncidentId: '1', comment: 'One attack.', reasons: ['sameActor'] }),
  );

  it('says where it went with which alerts', () => {
    merged.then({
      type: 'IncidentMerged',
      data: {
        toIncidentId: '1',
        previous: 'active',
        alertIds: ['a', 'b'],
        comment: 'One attack.',
        reasons: ['sameActor'],
      },
    });
  });

  it('has none of them any more, and remembers what they were', () => {
    const { alerts, redirect, systemTags } = merged.thenIncident();
    expect([...alerts]).toEqual([]);
    expect([...redirect!.alerts.values()]).toEqual([alert('a'), alert('b')]);
    expect(systemTags).toEqual(['Redirected']);
  });

  it('refuses every command, and says where to send it', () => {
    const elsewhere = { refused: 'incident-redirected', incidentId: '2', redirectIncidentId: '1' };
    for (const command of [
      rename({ displayName: 'Ours' }),
      resolve({ comment: null }),
      comment({ comment: 'Hm.' }),
      merge({ toIncidentId: '1', ...because }),
      moveOut({ alertIds: ['a'], toIncidentId: '1', ...because }),
      moveIn({ incidentId: '2', fromIncidentId: '3', transferId: 'x', alerts: [alert('c')], ...because }),
      addAlerts('2', [{ alert: alert('c'), reason: { rule: 'nothingShared' } }]),
      assignAlert('a', { to: 'kim', caller: 'kim' }),
    ])
      expect(command(merged.thenIncident())).toEqual(elsewhere);
  });

  it('does not take an alert for new that it has had', () => {
    const again = addAlerts('2', [{ alert: alert('a'), reason: { rule: 'nothingShared' } }]);
    expect(again(merged.thenIncident())).toEqual([]);
  });

  it('never becomes part of one with a larger number', () => {
    expect(() => merge({ toIncidentId: '3', ...because })(incident('2'))).toThrow('smaller numbers');
  });
});

describe('an incident that others become part of', () => {
  const from = (...commands: Parameters<ReturnType<typeof given>['when']>) =>
    given(...open('2', added(alert('a'))))
      .when(...commands, merge({ toIncidentId: '1', ...because }))
      .thenIncident();
  const absorbing = (source: Incident) => absorb({ from: source, transferId: 'merge', ...because });
  const absorbed = {
    type: 'IncidentAbsorbed',
    data: { fromIncidentId: '2', transferId: 'merge', alertCount: 1, ...because },
  } as const;

  it('knows each of them once', () => {
    given(...open('1'))
      .when(absorbing(from()))
      .then(absorbed);
    given(...open('1'))
      .when(absorbing(from()), absorbing(from()))
      .thenNothing();
  });

  it('takes over tags, and a judgement and the beginning of the work where it has none', () => {
    const source = from(changeTags({ add: ['VIP', 'finance'] }), classify(truePositive), start());
    given(...open('1'))
      .when(changeTags({ add: ['vip'] }), absorbing(source))
      .then(
        absorbed,
        { type: 'IncidentTagged', data: { kind: 'custom', tags: ['finance'] } },
        {
          type: 'IncidentClassified',
          data: { ...truePositive, previous: { classification: null, determination: null } },
        },
        { type: 'InvestigationStarted', data: { previous: 'active' } },
      );
  });

  it('takes over system tags that the source brought along, not those that say how it ended', () => {
    const tags = { kind: 'system', tags: ['Defender Experts', 'Empty'] } as const;
    const source = given(...open('2', { type: 'IncidentTagged', data: tags }))
      .when(merge({ toIncidentId: '1', ...because }))
      .thenIncident();
    given(...open('1'))
      .when(absorbing(source))
      .then(
        { ...absorbed, data: { ...absorbed.data, alertCount: 0 } },
        { type: 'IncidentTagged', data: { kind: 'system', tags: ['Defender Experts'] } },
      );
  });

  it('takes over the owner where it has none, for its alerts too', () => {
    const owned = from(assign({ to: 'kim', caller: 'kim' }));
    const target = open('1', added(alert('b')), added(alert('c', { assignedTo: 'lee' })));
    given(...target)
      .when(takeOwner(owned))
      .then({ type: 'IncidentAssigned', data: { assignedTo: 'kim', previous: null, alertIds: ['b'] } });
    given(...target)
      .when(assign({ to: 'lee', caller: 'lee' }), takeOwner(owned))
      .thenNothing();
    given(...target)
      .when(takeOwner(from()))
      .thenNothing();
  });

  it('keeps what somebody set in it meanwhile', () => {
    const source = from(classify(truePositive), start());
    given(...open('1'))
      .when(
        classify({ classification: 'falsePositive', determination: null }),
        resolve({ comment: null }),
        absorbing(source),
      )
      .then(absorbed);
  });

  it('takes over a determination that belongs to its own classification', () => {
    given(...open('1'))
      .when(classify({ classification: 'truePositive', determination: null }), absorbing(from(classify(truePositive))))
      .thenState({ judgement: truePositive });
  });

  it('takes as many tags as there is room for', () => {
    const many = Array.from({ length: limits.tags - 1 }, (_, n) => `tag ${n}`);
    given(...open('1'))
      .when(changeTags({ add: many }), absorbing(from(changeTags({ add: ['x', 'y'] }))))
      .then(absorbed, { type: 'IncidentTagged', data: { kind: 'custom', tags: ['x'] } });
  });
});
