import { describe, expect, it } from '@jest/globals';
import { added, alert, given, opened } from '../testing/scenario.js';
import { limits } from '../vocabulary.js';
import { assign } from './assignment.js';
import { classify, classifyAlert } from './classification.js';
import { addAlerts } from './intake.js';
import { reopen, reopenAlert, resolve, resolveAlert, start, startAlert } from './status.js';

const malware = { classification: 'truePositive', determination: 'malware' } as const;
const quietly = { comment: null };

describe('resolving an incident', () => {
  it('closes all its alerts that are still open', () => {
    const incident = given(opened(), added(alert('a')), added(alert('b', { status: 'inProgress' })))
      .when(resolve(quietly))
      .thenIncident();
    expect([...incident.alerts.values()].map(({ status }) => status)).toEqual(['resolved', 'resolved']);
  });

  it('is one event, whatever it closes', () => {
    given(opened(), added(alert('a')), added(alert('b')))
      .when(resolve(quietly))
      .thenTypes('IncidentResolved');
  });

  it('gives its classification to the alerts that nobody classified', () => {
    const incident = given(opened(), added(alert('a')), added(alert('b')))
      .when(classifyAlert('b', { classification: 'falsePositive', determination: null }))
      .thenIncident();
    expect(incident.alerts.get('b')?.classification).toBe('falsePositive');
    given(opened(), added(alert('a')), added(alert('b')))
      .when(
        classifyAlert('b', { classification: 'falsePositive', determination: null }),
        resolve({ judgement: malware, comment: 'Reimaged.' }),
      )
      .then(
        {
          type: 'IncidentClassified',
          data: { ...malware, previous: { classification: null, determination: null } },
        },
        {
          type: 'IncidentResolved',
          data: {
            previous: 'active',
            comment: 'Reimaged.',
            resolvedAlertIds: ['b'],
            resolvedAndClassifiedAlertIds: ['a'],
            classifiedAlertIds: [],
            judgement: malware,
          },
        },
      );
  });

  it('leaves alerts unclassified where the incident is', () => {
    given(opened(), added(alert('a')))
      .when(resolve(quietly))
      .thenState({ judgement: { classification: null, determination: null } });
  });

  it('twice changes nothing', () => {
    given(opened(), added(alert('a')))
      .when(resolve({ judgement: malware, comment: 'Done.' }), resolve({ judgement: malware, comment: 'Done.' }))
      .thenNothing();
  });

  it('keeps a comment that is not given again', () => {
    given(opened(), added(alert('a')))
      .when(resolve({ comment: 'Done.' }), classify(malware), resolve(quietly))
      .thenState({ resolvingComment: 'Done.', status: 'resolved' });
  });
});

describe('a resolved incident', () => {
  it('has its alerts reopened with it, as they were before', () => {
    const incident = given(
      opened(),
      added(alert('new')),
      added(alert('working', { status: 'inProgress' })),
      added(alert('closed before', { status: 'resolved' })),
    )
      .when(resolve(quietly), reopen())
      .thenIncident();
    expect([...incident.alerts.values()].map(({ alertId, status }) => [alertId, status])).toEqual([
      ['new', 'new'],
      ['working', 'inProgress'],
      ['closed before', 'resolved'],
    ]);
  });

  it('is reopened when somebody starts to work on it', () => {
    given(opened()).when(resolve(quietly), start()).thenTypes('IncidentReopened', 'InvestigationStarted');
  });

  it('refuses to start or reopen one of its alerts', () => {
    for (const command of [startAlert('a'), reopenAlert('a')])
      given(opened(), added(alert('a')))
        .when(resolve(quietly), command)
        .thenRefused({ refused: 'incident-resolved', incidentId: '1' });
  });

  it('turns away an alert that comes too late', () => {
    given(opened())
      .when(resolve(quietly), addAlerts('1', [{ alert: alert('late'), reason: { rule: 'reportedInto' } }]))
      .then({ type: 'AlertsTurnedAway', data: { alertIds: ['late'], because: 'incident-resolved' } });
  });
});

describe('an incident with as many alerts as there may be', () => {
  it('is resolved and reopened in events that fit into an append, though their ids are the longest', () => {
    const ids = Array.from({ length: limits.alerts }, (_, n) => String(n).padStart(limits.alertId, 'x'));
    const full = given(opened(), ...ids.map((id) => added(alert(id, { assets: [], entityKeys: [] }))));
    // The limit of an append is 900 KiB; the rest is for metadata.
    const room = 890 * 1024;
    const loudly = { comment: 'x'.repeat(limits.comment) };
    for (const decisions of [[resolve(loudly)], [resolve(quietly), reopen()], [assign({ to: 'kim', caller: 'kim' })]]) {
      const events = full.when(...decisions).thenEvents();
      expect(events.length).toBeGreaterThan(0);
      expect(Buffer.byteLength(JSON.stringify(events))).toBeLessThan(room);
    }
  });
});

describe('an incident that is not resolved', () => {
  it('is not reopened', () => {
    given(opened()).when(reopen()).thenNothing();
  });

  it('stays open when its last open alert is resolved', () => {
    given(opened(), added(alert('a')))
      .when(resolveAlert('a', quietly))
      .thenState({ status: 'active' });
  });

  it('is started once', () => {
    given(opened()).when(start(), start()).thenNothing();
  });
});

describe('an alert', () => {
  it('is resolved with a judgement', () => {
    given(opened(), added(alert('a')))
      .when(resolveAlert('a', { judgement: malware, comment: null }))
      .thenTypes('AlertClassified', 'AlertResolved');
  });

  it('that is closed is reopened when somebody starts to work on it', () => {
    given(opened(), added(alert('a', { status: 'resolved' })))
      .when(startAlert('a'))
      .thenTypes('AlertReopened', 'AlertInvestigationStarted');
  });

  it('that was reopened by hand is new', () => {
    const incident = given(opened(), added(alert('a', { status: 'resolved' })))
      .when(reopenAlert('a'))
      .thenIncident();
    expect(incident.alerts.get('a')?.status).toBe('new');
  });
});
