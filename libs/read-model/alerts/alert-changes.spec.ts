import { describe, expect, it } from '@jest/globals';
import {
  addImportedAlerts,
  assign,
  classify,
  commentOnAlert,
  importComments,
  moveIn,
  moveOut,
  reopen,
  resolve,
  unassign,
} from '#incidents';
import type { RecordedEvent } from '#event-store';
import { aComment } from '../../incidents/testing/source-incident.js';
import { presentAlert } from './alert-document.js';
import type { AlertDocument } from './alert-document.js';
import { alertChanges } from './alert-changes.js';
import { foldAlerts } from '../testing/fold-alerts.js';
import { added, imported, opened, Recorder, report, summaryOf, timeOf } from '../testing/recorder.js';

const because = { comment: null, reasons: [] };
const malware = { classification: 'truePositive', determination: 'malware' } as const;

/** Incident 1 with the alerts `a` and `b`, and an incident 2. */
function given(): Recorder {
  const docket = new Recorder();
  docket.reported(report('a'));
  docket.reported(report('b'));
  docket.happened('1', opened('1'), added(summaryOf('a')), added(summaryOf('b')));
  docket.happened('2', opened('2'));
  return docket;
}

const alertIn = (docket: Recorder, id: string): AlertDocument => foldAlerts(docket.events).get(id)!;

describe('the document of an alert', () => {
  it('holds the whole report, under the names that it came with', () => {
    const docket = new Recorder();
    const sent = report('a', { other: { productName: 'Contoso', '@odata.type': '#x', $odd: { 'a.b\u0000': 1 } } });
    docket.reported(sent);
    const { other, ...named } = sent;
    expect(presentAlert(alertIn(docket, 'a'))).toEqual({
      ...other,
      ...named,
      incidentId: null,
      resolvedDateTime: null,
      commentCount: 0,
      position: '1',
    });
  });

  it('belongs to an incident from its routing on', () => {
    expect(alertIn(given(), 'a')).toMatchObject({ incidentId: '1', lastUpdateDateTime: timeOf(4n), position: 4n });
  });

  it('that came along with its incident keeps the times of there, also while comments come', () => {
    const docket = new Recorder();
    docket.reported(report('a', { status: 'resolved', other: { resolvedDateTime: '2025-12-31T23:20:00Z' } }));
    docket.happened('1', imported('1', { status: 'resolved' }));
    docket.decided('1', addImportedAlerts([summaryOf('a', { status: 'resolved', assignedTo: 'jane' })]));
    docket.decided('1', importComments([aComment('On it.', 'a'), aComment('On the incident.')]));
    expect(alertIn(docket, 'a')).toMatchObject({
      incidentId: '1',
      assignedTo: 'jane',
      status: 'resolved',
      resolvedDateTime: '2025-12-31T23:20:00Z',
      lastUpdateDateTime: '2025-12-31T23:30:00Z',
      commentCount: 1,
      position: 4n,
    });
  });

  it('that was closed as it came along is closed from then on', () => {
    const docket = new Recorder();
    docket.reported(report('a'));
    docket.happened('1', imported('1', { status: 'resolved' }));
    docket.decided('1', addImportedAlerts([summaryOf('a')]));
    const closed = { status: 'resolved', resolvedDateTime: timeOf(3n), lastUpdateDateTime: timeOf(3n) };
    expect(alertIn(docket, 'a')).toMatchObject(closed);
    docket.decided('1', reopen());
    expect(alertIn(docket, 'a')).toMatchObject({ status: 'new', resolvedDateTime: null });
  });

  it('gets and loses the owner of its incident', () => {
    const docket = given();
    docket.decided('1', assign({ to: 'me', caller: 'kim' }));
    expect(alertIn(docket, 'b')).toMatchObject({ assignedTo: 'kim' });
    docket.decided('1', unassign());
    expect(alertIn(docket, 'b')).toMatchObject({ assignedTo: null });
  });

  it('is closed, judged and reopened with its incident', () => {
    const docket = given();
    docket.decided('1', classify(malware));
    docket.decided('1', resolve({ comment: null }));
    expect(alertIn(docket, 'a')).toMatchObject({ status: 'resolved', resolvedDateTime: timeOf(8n), ...malware });
    docket.decided('1', reopen());
    expect(alertIn(docket, 'a')).toMatchObject({ status: 'new', resolvedDateTime: null, ...malware });
  });

  it('is judged with a resolved incident, though it was closed before', () => {
    const docket = given();
    docket.decided('1', resolve({ comment: null }));
    docket.decided('1', resolve({ judgement: malware, comment: null }));
    expect(alertIn(docket, 'a')).toMatchObject({ ...malware, resolvedDateTime: timeOf(7n) });
  });

  it('is in the other incident from its departure on', () => {
    const docket = given();
    docket.decided('1', moveOut({ alertIds: ['a'], toIncidentId: '2', ...because }));
    expect(alertIn(docket, 'a')).toMatchObject({ incidentId: '2' });
    expect(alertIn(docket, 'b')).toMatchObject({ incidentId: '1' });
  });

  it('gets owner and status of the incident that it arrives in', () => {
    const docket = given();
    docket.decided('2', assign({ to: 'lee', caller: 'kim' }));
    docket.decided('2', resolve({ comment: null }));
    const alerts = [summaryOf('a'), summaryOf('b', { assignedTo: 'kim' })];
    docket.decided('2', moveIn({ incidentId: '2', fromIncidentId: '1', transferId: 't', alerts, ...because }));
    expect(alertIn(docket, 'a')).toMatchObject({ incidentId: '2', status: 'resolved', assignedTo: 'lee' });
    expect(alertIn(docket, 'b')).toMatchObject({ incidentId: '2', status: 'resolved', assignedTo: 'kim' });
  });

  it('counts its comments', () => {
    const docket = given();
    docket.decided('1', commentOnAlert('a', { comment: 'Looking.' }));
    docket.decided('1', commentOnAlert('a', { comment: 'Found.' }));
    expect(alertIn(docket, 'a')).toMatchObject({ commentCount: 2 });
  });

  it('follows a later report in what was detected, not in what was done', () => {
    const docket = given();
    docket.decided('1', assign({ to: 'lee', caller: 'kim' }));
    docket.reportedAnew(report('a', { title: 'Anew', severity: 'high', assignedTo: 'product', other: { more: 1 } }));
    expect(presentAlert(alertIn(docket, 'a'))).toMatchObject({
      title: 'Anew',
      severity: 'high',
      assignedTo: 'lee',
      more: 1,
    });
  });

  it('is in one change of an event at most, as the guard lets one pass', () => {
    const docket = given();
    docket.decided('1', classify(malware));
    docket.decided('1', resolve({ comment: null }));
    for (const event of docket.of('1') as RecordedEvent<never>[]) {
      const touched = alertChanges(event).flatMap(({ alertIds }) => alertIds);
      expect(new Set(touched).size).toBe(touched.length);
    }
  });
});
