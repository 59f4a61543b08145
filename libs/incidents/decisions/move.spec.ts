import { describe, expect, it } from '@jest/globals';
import { added, alert, fold, given, opened } from '../testing/scenario.js';
import { moveIn, moveOut } from './move.js';
import { resolve } from './status.js';

const because = { comment: null, reasons: [] };
const leaving = (...alertIds: string[]) => moveOut({ alertIds, toIncidentId: '2', ...because });
const arriving = (...alerts: ReturnType<typeof alert>[]) =>
  moveIn({ incidentId: '2', fromIncidentId: '1', transferId: 'transfer', alerts, ...because });

describe('moving alerts out', () => {
  it('says where they went', () => {
    const incident = given(opened(), added(alert('a')), added(alert('b')))
      .when(leaving('a'))
      .thenIncident();
    expect([...incident.alerts.keys()]).toEqual(['b']);
    expect(incident.departed.get('a')).toEqual({ toIncidentId: '2', transferId: '1/3', revision: 3 });
  });

  it('leaves alone those that are not here', () => {
    given(opened(), added(alert('a')))
      .when(leaving('a', 'b'))
      .then(
        { type: 'AlertMovedOut', data: { alerts: [alert('a')], toIncidentId: '2', ...because } },
        { type: 'IncidentTagged', data: { kind: 'system', tags: ['Empty'] } },
      );
    given(opened()).when(leaving('b')).thenNothing();
  });

  it('leaves alone those that have left and come back since the move was planned', () => {
    const planned = moveOut({ alertIds: ['a', 'b'], toIncidentId: '2', ...because, revision: 2 });
    const back = moveIn({ incidentId: '1', fromIncidentId: '3', transferId: 'back', alerts: [alert('a')], ...because });
    const here = given(opened(), added(alert('a')), added(alert('b')));
    expect(here.when(leaving('a'), back, planned).thenEvents()).toMatchObject([
      { type: 'AlertMovedOut', data: { alerts: [{ alertId: 'b' }] } },
    ]);
    expect(here.when(planned).thenEvents()).toMatchObject([
      { data: { alerts: [{ alertId: 'a' }, { alertId: 'b' }] } },
      {},
    ]);
  });

  it('tags an incident that is left without alerts', () => {
    given(opened(), added(alert('a')))
      .when(leaving('a'))
      .thenState({ systemTags: ['Empty'], displayName: 'Opened' });
  });

  it('names the smaller incident anew and recomputes its severity', () => {
    given(
      opened({ nameIsAutomatic: true, severityIsAutomatic: true, severity: 'high' }),
      added(alert('a', { severity: 'high' })),
      added(alert('b', { severity: 'low', title: 'What is left' })),
    )
      .when(leaving('a'))
      .thenState({ displayName: 'What is left', severity: 'low' });
  });
});

describe('moving alerts in', () => {
  const target = opened({ incidentId: '2' });

  it('is written once for each transfer', () => {
    given(target)
      .when(arriving(alert('a')), arriving(alert('a')))
      .thenNothing();
  });

  it('opens the incident that was planned for them', () => {
    given()
      .when(arriving(alert('a')))
      .thenTypes('IncidentOpened', 'AlertMovedIn');
  });

  it('gives them the owner of the incident, if they have none', () => {
    const incident = fold([
      target,
      { type: 'IncidentAssigned', data: { assignedTo: 'kim', previous: null, alertIds: [] } },
    ])!;
    const events = arriving(alert('a'), alert('b', { assignedTo: 'lee' }))(incident);
    expect(events).toMatchObject([{ data: { alerts: [{ assignedTo: 'kim' }, { assignedTo: 'lee' }] } }]);
  });

  it('closes them where the incident was resolved meanwhile', () => {
    const incident = given(target)
      .when(resolve({ comment: null }), arriving(alert('a', { status: 'inProgress' })))
      .thenIncident();
    expect(incident.alerts.get('a')?.status).toBe('resolved');
    expect(incident.closedByResolve.get('a')).toBe('inProgress');
  });
});
