import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Row } from '../reading/exported-file.js';
import { olderIncident } from '../testing/older-incident.js';
import { entityEvidence } from './evidence.js';
import { graphAlert } from './alert.js';
import { graphIncident } from './incident.js';

describe('an incident of the older Defender API', () => {
  const incident = graphIncident(olderIncident);
  const alerts = incident.alerts as Row[];
  const alert = alerts[0]!;

  it('has Graph’s names, and keeps what Graph has no place for', () => {
    expect(incident).toMatchObject({
      id: '924565',
      redirectIncidentId: null,
      displayName: 'Multi-stage incident on multiple endpoints',
      createdDateTime: '2026-02-06T14:46:57.0733333Z',
      lastUpdateDateTime: '2026-02-08T14:46:57.29Z',
      status: 'Resolved',
      classification: 'TruePositive',
      customTags: ['board meeting'],
      comments: [
        {
          comment: 'Isolated both.',
          createdByDisplayName: 'kim@contoso.example',
          createdDateTime: '2026-02-07T01:00:37.9Z',
        },
      ],
      detectionSource: 'WindowsDefenderAtp',
      futureField: { of: ['the', 'service'] },
    });
  });

  it('has alerts with Graph’s names', () => {
    expect(alert).toMatchObject({
      id: 'da637551227677560813_-961444813',
      incidentId: '924565',
      serviceSource: 'microsoftDefenderForEndpoint',
      status: 'inProgress',
      createdDateTime: '2026-02-06T14:46:55.7182276Z',
      lastUpdateDateTime: '2026-02-06T14:46:57.0733333Z',
      firstActivityDateTime: '2026-02-06T14:40:00Z',
      actorDisplayName: null,
      investigationId: 11,
    });
  });

  it('has devices and entities as evidence, also of types that nobody knows', () => {
    const evidence = alert.evidence as Row[];
    expect(evidence.map((each) => each['@odata.type'] ?? each.entityType)).toEqual([
      ...['device', 'user', 'ip', 'url', 'file', 'process', 'mailbox', 'analyzedMessage', 'mailCluster'].map(security),
      ...['securityGroup', 'registryValue', 'registryKey'].map(security),
      'CloudResource',
    ]);
    expect(evidence[0]).toMatchObject({
      mdeDeviceId: '24c222b0b60fe148eeece49ac83910cc6a7ef491',
      azureAdDeviceId: null,
      deviceDnsName: 'pay-02.contoso.example',
      firstSeenDateTime: '2026-02-06T14:16:01.9330135Z',
    });
    expect(evidence[1]).toMatchObject({
      userAccount: { accountName: 'kim', domainName: 'contoso', userSid: 'S-1-5-21-1', azureAdUserId: null },
      verdict: 'Suspicious',
      createdDateTime: '2026-02-06T14:46:55.72Z',
    });
    expect(evidence[4]).toMatchObject({ fileDetails: { fileName: 'invoice.exe', sha1: 'ab' }, mdeDeviceId: '24c2' });
    expect(evidence[5]).toMatchObject({
      imageFile: { fileName: 'powershell.exe' },
      parentProcessImageFile: { fileName: 'winword.exe' },
      processCommandLine: 'powershell -enc …',
    });
    expect(evidence[6]).toMatchObject({ primaryAddress: 'kim@contoso.example', displayName: 'Kim' });
    expect(evidence[7]).toMatchObject({
      p1Sender: { emailAddress: 'bad@evil.example' },
      recipientEmailAddress: 'kim@contoso.example',
    });
    expect(evidence.at(-1)).toEqual({ entityType: 'CloudResource', resourceId: '/subscriptions/1' });
  });

  it('may have its only alert and its only comment without a list around', () => {
    const [alerts, comments] = [olderIncident.alerts[0]!, olderIncident.comments[0]!];
    const alone = graphIncident({ ...olderIncident, alerts, comments });
    expect([alone.alerts, alone.comments]).toEqual([alert, (incident.comments as Row[])[0]]);
    expect(graphAlert({ devices: { deviceDnsName: 'h' }, entities: { entityType: 'Ip' } }).evidence).toMatchObject([
      { deviceDnsName: 'h' },
      { entityType: 'Ip' },
    ]);
  });

  it('keeps words that no API has as they are', () => {
    const words = { status: 'constructor', serviceSource: 'toString' };
    expect(graphAlert({ alertId: 'a', ...words })).toMatchObject(words);
  });

  it('keeps an id that was rounded a number', () => {
    expect(graphIncident({ incidentId: 2 ** 53, redirectIncidentId: 7 })).toEqual({
      id: 2 ** 53,
      redirectIncidentId: '7',
    });
  });

  it('loses no value, whatever fields it has', () => {
    const names = fc.constantFrom(
      'accountName',
      'userAccount',
      'DeviceId',
      'deviceId',
      'mdeDeviceId',
      'sha1',
      '__proto__',
    );
    const type = fc.constantFrom('User', 'File', 'Process', 'MailBox', 'Registry', 'New', undefined);
    fc.assert(
      fc.property(fc.dictionary(fc.oneof(names, fc.string()), fc.nat()), type, (row, entityType) => {
        const evidence = entityEvidence({ ...row, ...(entityType && { entityType }) });
        expect(leaves(evidence)).toEqual(expect.arrayContaining(leaves(row)));
        expect(leaves(evidence).length).toBeGreaterThanOrEqual(leaves(row).length);
      }),
    );
    const values = leaves(olderIncident).filter((value) => !changed.includes(value as string));
    expect(leaves(incident)).toEqual(expect.arrayContaining(values));
  });
});

const security = (kind: string) => `#microsoft.graph.security.${kind}Evidence`;

/** Values that Graph writes otherwise. */
const changed = [924565, 'Active', 'MicrosoftDefenderATP'];

const leaves = (value: unknown): unknown[] =>
  typeof value === 'object' && value !== null ? Object.values(value).flatMap(leaves) : [value];
