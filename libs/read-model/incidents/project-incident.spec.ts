import { describe, expect, it } from '@jest/globals';
import {
  addImportedAlerts,
  assign,
  comment,
  commentOnAlert,
  importComments,
  moveIn,
  moveOut,
  rename,
  reopen,
  resolve,
  resolveAlert,
  setSeverity,
  updateAlert,
} from '#incidents';
import type { IncidentEvent } from '#incidents';
import type { RecordedEvent } from '#event-store';
import { aComment } from '../../incidents/testing/source-incident.js';
import { FoldedIncident } from './folded-incident.js';
import { presentIncident } from './incident-document.js';
import type { IncidentDocument } from './incident-document.js';
import { projectIncident } from './project-incident.js';
import { added, imported, opened, Recorder, summaryOf, timeOf } from '../testing/recorder.js';

/** With what FoldedIncident adds. */
function fold(events: readonly RecordedEvent<IncidentEvent>[], from?: IncidentDocument): IncidentDocument {
  const folded = new FoldedIncident(from);
  for (const event of events) folded.apply(event);
  return folded.document!;
}

const because = { comment: null, reasons: [] };

/** An incident with two alerts, `a` new and `b` in progress. */
function given(): Recorder {
  const docket = new Recorder();
  docket.happened('1', opened('1'), added(summaryOf('a')), added(summaryOf('b', { status: 'inProgress' })));
  return docket;
}

describe('the document of an incident', () => {
  it('begins with its opening', () => {
    const docket = new Recorder();
    docket.happened('1', opened('1', 'Phishing'));
    expect(presentIncident(fold(docket.of('1')))).toMatchObject({
      id: '1',
      displayName: 'Phishing',
      status: 'active',
      severity: 'medium',
      assignedTo: null,
      createdDateTime: timeOf(1n),
      lastUpdateDateTime: timeOf(1n),
      lastModifiedBy: 'Kim',
      alertCount: 0,
      revision: 0,
      position: '1',
    });
  });

  it('cannot begin in the middle', () => {
    const [, second] = given().of('1');
    expect(() => projectIncident(undefined, second!)).toThrow('the log is incomplete');
  });

  it('counts its alerts and those that are open', () => {
    const docket = given();
    docket.decided('1', resolveAlert('a', { comment: null }));
    expect(fold(docket.of('1'))).toMatchObject({ alertCount: 2, activeAlertCount: 1 });
  });

  it('has no open alert when it is resolved, and those of before when it is reopened', () => {
    const docket = given();
    docket.decided('1', resolve({ comment: 'Reimaged.' }));
    expect(fold(docket.of('1'))).toMatchObject({
      status: 'resolved',
      activeAlertCount: 0,
      resolvingComment: 'Reimaged.',
      resolvedDateTime: timeOf(4n),
    });
    docket.decided('1', reopen());
    expect(fold(docket.of('1'))).toMatchObject({ status: 'active', activeAlertCount: 2, resolvedDateTime: null });
  });

  it('keeps the time of its resolution when somebody says more about it', () => {
    const docket = given();
    docket.decided('1', resolve({ comment: null }));
    docket.decided('1', resolve({ comment: 'Reimaged.' }));
    expect(fold(docket.of('1'))).toMatchObject({ resolvedDateTime: timeOf(4n), lastUpdateDateTime: timeOf(5n) });
  });

  it('lists what its alerts are about, once each', () => {
    expect(fold(given().of('1'))).toMatchObject({
      categories: ['Execution'],
      detectionSources: ['antivirus'],
      impactedAssets: [
        { kind: 'device', key: 'device:id-of-a', name: 'a.contoso.com' },
        { kind: 'device', key: 'device:id-of-b', name: 'b.contoso.com' },
      ],
      impactedAssetCount: 2,
    });
  });

  it('forgets what only an alert was about that has left', () => {
    const docket = given();
    docket.decided('1', moveOut({ alertIds: ['a'], toIncidentId: '2', ...because }));
    expect(fold(docket.of('1'))).toMatchObject({
      alertCount: 1,
      activeAlertCount: 1,
      categories: ['Execution'],
      impactedAssets: [{ key: 'device:id-of-b' }],
    });
  });

  it('follows an alert that is reported anew', () => {
    const docket = given();
    docket.decided(
      '1',
      updateAlert(summaryOf('a', { reportRevision: 1, category: 'Persistence', assets: [], entityKeys: [] })),
    );
    expect(fold(docket.of('1'))).toMatchObject({
      alertCount: 2,
      activeAlertCount: 2,
      categories: ['Execution', 'Persistence'],
      impactedAssets: [{ key: 'device:id-of-b' }],
    });
  });

  it('has no open alert after one arrived while it was resolved', () => {
    const docket = given();
    docket.decided('1', resolve({ comment: null }));
    const arrival = { incidentId: '1', fromIncidentId: '2', transferId: 't', alerts: [summaryOf('c')], ...because };
    docket.decided('1', moveIn(arrival));
    expect(fold(docket.of('1'))).toMatchObject({ alertCount: 3, activeAlertCount: 0 });
  });

  it('counts comments on itself and on its alerts', () => {
    const docket = given();
    docket.decided('1', comment({ comment: 'Looking.' }));
    docket.decided('1', commentOnAlert('a', { comment: 'False.' }));
    expect(fold(docket.of('1'))).toMatchObject({ commentCount: 2 });
  });

  it('knows whether a name and a severity were given by hand', () => {
    const docket = given();
    docket.decided('1', rename({ displayName: 'Ours' }));
    docket.decided('1', setSeverity({ severity: 'high' }));
    expect(fold(docket.of('1'))).toMatchObject({
      displayName: 'Ours',
      nameIsAutomatic: false,
      severity: 'high',
      severityIsAutomatic: false,
    });
  });

  it('of an import is as it was there, with the times of there', () => {
    const docket = new Recorder();
    docket.happened(
      '1',
      imported('1', { status: 'resolved', lastModifiedBy: 'Jane', externalUrl: 'https://x.example' }),
    );
    expect(presentIncident(fold(docket.of('1')))).toMatchObject({
      externalId: '1923',
      externalSource: 'defender',
      externalUrl: 'https://x.example',
      displayName: 'Named there',
      nameIsAutomatic: false,
      status: 'resolved',
      createdDateTime: '2023-05-13T23:55:09.293Z',
      lastUpdateDateTime: '2023-05-14T00:26:05.593Z',
      resolvedDateTime: '2023-05-14T00:26:05.593Z',
      lastModifiedBy: 'Jane',
      revision: 0,
    });
  });

  it('of an import keeps the times of there while alerts and comments come along, and no longer', () => {
    const docket = new Recorder();
    docket.happened('1', imported('1', { lastModifiedBy: 'Jane' }));
    docket.decided('1', addImportedAlerts([summaryOf('a')]));
    docket.decided('1', importComments([aComment('Seen.'), aComment('On it.', 'a')]));
    const there = { lastUpdateDateTime: '2023-05-14T00:26:05.593Z', lastModifiedBy: 'Jane' };
    expect(fold(docket.of('1'))).toMatchObject({ ...there, alertCount: 1, commentCount: 2, revision: 3 });
    docket.decided('1', resolve({ comment: null }));
    const now = { lastUpdateDateTime: timeOf(5n), resolvedDateTime: timeOf(5n), lastModifiedBy: 'Kim' };
    expect(fold(docket.of('1'))).toMatchObject(now);
  });

  it('of a resolved import has no open alert, until it is reopened', () => {
    const docket = new Recorder();
    docket.happened('1', imported('1', { status: 'resolved' }));
    docket.decided('1', addImportedAlerts([summaryOf('a'), summaryOf('shut', { status: 'resolved' })]));
    expect(fold(docket.of('1'))).toMatchObject({ alertCount: 2, activeAlertCount: 0 });
    docket.decided('1', reopen());
    expect(fold(docket.of('1'))).toMatchObject({ activeAlertCount: 1 });
  });

  it('is not changed by an event that it reflects already', () => {
    const docket = given();
    docket.decided('1', assign({ to: 'lee', caller: 'kim' }));
    const events = docket.of('1');
    expect(events.reduce(projectIncident, fold(events))).toEqual(fold(events));
  });

  it('is raised by an event of a later Docket that says nothing to it', () => {
    const docket = given();
    docket.record('incident-1', { type: 'IncidentPraised', data: {} });
    expect(fold(docket.of('1'))).toMatchObject({ alertCount: 2, revision: 3, position: 4n });
  });
});
