import { describe, expect, it } from '@jest/globals';
import { alert, added, given, imported } from '../testing/scenario.js';
import { aComment } from '../testing/source-incident.js';
import { limits } from '../vocabulary.js';
import { addImportedAlerts, importComments, importCommentsOnAlert, importIncident, severityFollows } from './import.js';
import { addAlerts } from './intake.js';
import { moveOut } from './move.js';
import { rename } from './naming.js';
import { reopen, resolve } from './status.js';

const quietly = { comment: null };
const because = { rule: 'imported' } as const;
const high = alert('a', { severity: 'high', assignedTo: 'lee', status: 'inProgress', classification: 'falsePositive' });

describe('an incident that comes from elsewhere', () => {
  it('begins as it was there', () => {
    const begun = imported({ status: 'resolved', assignedTo: 'jane', customTags: ['vip'] });
    if (begun.type !== 'IncidentImported') throw new Error('not an import');
    given()
      .when(importIncident(begun.data))
      .thenState({ status: 'resolved', assignedTo: 'jane', customTags: ['vip'], nameIsAutomatic: false });
    given(begun).when(importIncident(begun.data)).thenNothing();
  });

  it('keeps its name whatever joins it', () => {
    given(imported({ severity: 'low' }))
      .when(addAlerts('1', [{ alert: high, reason: { rule: 'reportedInto' } }]))
      .thenState({ displayName: 'Named there', severity: 'low' });
  });

  it('takes the severity of alerts that join it later, where it was that of its alerts', () => {
    given(imported({ severity: 'low', severityIsAutomatic: true }))
      .when(addAlerts('1', [{ alert: high, reason: { rule: 'reportedInto' } }]))
      .thenTypes('AlertAdded', 'IncidentSeverityChanged');
  });

  it.each([
    ['the highest of its alerts', 'high', ['low', 'high'], true],
    ['higher than all', 'high', ['low', 'medium'], false],
    ['lower than one', 'low', ['low', 'medium'], false],
    ['its own, for no alert came along', 'low', [], false],
  ] as const)('of a severity that is %s: %s of %j', (_, severity, alerts, follows) => {
    expect(
      severityFollows(
        severity,
        alerts.map((each) => ({ severity: each })),
      ),
    ).toBe(follows);
  });
});

describe('an alert that comes along with its incident', () => {
  it('is as it was there, and leaves name, severity and owner alone', () => {
    given(imported({ severity: 'low', severityIsAutomatic: true, assignedTo: 'kim' }))
      .when(addImportedAlerts([high, alert('b')]))
      .then(
        { type: 'AlertAdded', data: { alert: high, reason: because } },
        { type: 'AlertAdded', data: { alert: alert('b'), reason: because } },
      );
  });

  it('is added once, also where it has been moved away since', () => {
    const away = moveOut({ alertIds: ['a'], toIncidentId: '2', comment: null, reasons: [] });
    given(imported())
      .when(addImportedAlerts([high]), addImportedAlerts([high]))
      .thenNothing();
    given(imported())
      .when(addImportedAlerts([high]), away, addImportedAlerts([high]))
      .thenNothing();
  });

  it('joins a resolved incident, and is closed on arrival until that is reopened', () => {
    const open = given(imported({ status: 'resolved' })).when(
      addImportedAlerts([high, alert('shut', { status: 'resolved' })]),
    );
    open.then(
      {
        type: 'AlertAdded',
        data: { alert: { ...high, status: 'resolved' }, reason: because, closedFrom: 'inProgress' },
      },
      { type: 'AlertAdded', data: { alert: alert('shut', { status: 'resolved' }), reason: because } },
    );
    given(imported({ status: 'resolved' }))
      .when(addImportedAlerts([high, alert('shut', { status: 'resolved' })]), reopen())
      .then({ type: 'IncidentReopened', data: { reopenedAlerts: { new: [], inProgress: ['a'] } } });
  });

  it('joins an incident that was resolved while it was on its way', () => {
    given(imported())
      .when(resolve(quietly), addImportedAlerts([alert('a')]))
      .thenTypes('AlertAdded');
  });

  it('makes an incident that all alerts had left no longer empty', () => {
    const away = moveOut({ alertIds: ['a'], toIncidentId: '2', comment: null, reasons: [] });
    given(imported(), added(alert('a')))
      .when(away, addImportedAlerts([alert('b')]))
      .thenTypes('AlertAdded', 'IncidentUntagged');
  });

  it('is turned away where the incident is full', () => {
    const full = Array.from({ length: limits.alerts }, (_, n) => added(alert(`full-${n}`)));
    given(imported(), ...full)
      .when(addImportedAlerts([alert('one more')]))
      .then({ type: 'AlertsTurnedAway', data: { alertIds: ['one more'], because: 'too-many-alerts' } });
  });
});

describe('a comment that was written elsewhere', () => {
  it('comes along once, however often it is brought', () => {
    const comments = [aComment('Seen.'), aComment('Seen.', 'a'), aComment('Seen.')];
    given(imported())
      .when(importComments(comments))
      .then(
        { type: 'CommentImported', data: aComment('Seen.') },
        { type: 'CommentImported', data: aComment('Seen.', 'a') },
      );
    given(imported())
      .when(importComments(comments), rename({ displayName: 'Ours' }), importComments([...comments, aComment('More.')]))
      .then({ type: 'CommentImported', data: aComment('More.') });
  });

  it('on an alert is written where the alert is', () => {
    const onIt = importCommentsOnAlert('a', [aComment('Seen.', 'a')]);
    given(imported(), added(alert('a')))
      .when(onIt)
      .then({ type: 'CommentImported', data: aComment('Seen.', 'a') });
    given(imported(), added(alert('a')))
      .when(onIt, onIt)
      .thenNothing();
    given(imported())
      .when(onIt)
      .thenRefused({ refused: 'unknown-alert', alertIds: ['a'] });
  });
});
