import { describe, it } from '@jest/globals';
import { added, alert, given, opened } from '../testing/scenario.js';
import { assign, assignAlert, unassign, unassignAlert } from './assignment.js';

const me = (caller: string) => ({ to: 'me', caller });

describe('assigning an incident', () => {
  it('takes the incident and all its alerts, open or not', () => {
    given(opened(), added(alert('a')), added(alert('b', { status: 'resolved' })))
      .when(assign(me('kim')))
      .then({ type: 'IncidentAssigned', data: { assignedTo: 'kim', previous: null, alertIds: ['a', 'b'] } });
  });

  it('to me is refused where somebody else has it', () => {
    given(opened())
      .when(assign(me('kim')), assign(me('lee')))
      .thenRefused({ refused: 'already-assigned', assignedTo: 'kim' });
  });

  it('by naming an owner takes it away from another one', () => {
    given(opened())
      .when(assign(me('kim')), assign({ to: 'lee', caller: 'kim' }))
      .then({ type: 'IncidentAssigned', data: { assignedTo: 'lee', previous: 'kim', alertIds: [] } });
  });

  it('twice changes nothing', () => {
    given(opened(), added(alert('a')))
      .when(assign(me('kim')), assign(me('kim')))
      .thenNothing();
  });

  it('gives its owner again to an alert that was assigned to somebody else meanwhile', () => {
    given(opened(), added(alert('a')))
      .when(assign(me('kim')), assignAlert('a', { to: 'lee', caller: 'lee' }), assign(me('kim')))
      .then({ type: 'IncidentAssigned', data: { assignedTo: 'kim', previous: 'kim', alertIds: ['a'] } });
  });

  it('that nobody opened is refused', () => {
    given()
      .when(assign(me('kim')))
      .thenRefused({ refused: 'unknown-incident' });
  });
});

describe('unassigning an incident', () => {
  it('clears it and the alerts of the same owner, no others', () => {
    given(opened(), added(alert('a')), added(alert('b')))
      .when(assign(me('kim')), assignAlert('b', { to: 'lee', caller: 'lee' }), unassign())
      .then({ type: 'IncidentUnassigned', data: { previous: 'kim', alertIds: ['a'] } });
  });

  it('that nobody has changes nothing', () => {
    given(opened()).when(unassign()).thenNothing();
  });
});

describe('assigning an alert', () => {
  it('leaves the incident alone', () => {
    given(opened(), added(alert('a')))
      .when(assignAlert('a', me('kim')))
      .thenState({ assignedTo: null });
  });

  it('to me is refused where somebody else has it', () => {
    given(opened(), added(alert('a', { assignedTo: 'lee' })))
      .when(assignAlert('a', me('kim')))
      .thenRefused({ refused: 'already-assigned', assignedTo: 'lee' });
  });

  it('that is not here is refused', () => {
    given(opened())
      .when(assignAlert('a', me('kim')))
      .thenRefused({ refused: 'unknown-alert', alertIds: ['a'] });
  });

  it('can be taken back', () => {
    given(opened(), added(alert('a', { assignedTo: 'lee' })))
      .when(unassignAlert('a'))
      .then({ type: 'AlertUnassigned', data: { alertId: 'a', previous: 'lee' } });
  });
});
