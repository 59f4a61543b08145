import { describe, expect, it } from '@jest/globals';
import { alert, given, opened } from '../testing/scenario.js';
import { addAlerts } from './intake.js';
import { rename } from './naming.js';

const nothingShared = { rule: 'nothingShared' } as const;
const adding = (...alerts: ReturnType<typeof alert>[]) =>
  addAlerts(
    '1',
    alerts.map((summary) => ({ alert: summary, reason: nothingShared })),
  );
const nameAfter = (...alerts: ReturnType<typeof alert>[]) =>
  given()
    .when(adding(...alerts))
    .thenIncident().displayName;

const device = (name: string) => [{ kind: 'device', key: `device:${name}`, name }] as const;
const user = (name: string) => [{ kind: 'user', key: `user:${name}`, name }] as const;

describe('an incident is named automatically', () => {
  it('after its single alert', () => {
    expect(nameAfter(alert('a', { title: 'Suspicious PowerShell command line' }))).toBe(
      'Suspicious PowerShell command line',
    );
  });

  it.each([
    [
      "'Bearfoos' detected on one endpoint reported by multiple sources",
      [
        alert('a', { title: "'Bearfoos' detected", assets: device('pc'), detectionSource: 'antivirus' }),
        alert('b', { title: "'Bearfoos' detected", assets: device('pc'), detectionSource: 'customTi' }),
      ],
    ],
    [
      'Execution incident on one endpoint',
      [alert('a', { assets: device('pc') }), alert('b', { assets: device('pc') })],
    ],
    [
      'Multi-stage incident involving Initial access & Command and control on multiple endpoints reported by multiple sources',
      [
        alert('a', { category: 'CommandAndControl' }),
        alert('b', { category: 'InitialAccess', detectionSource: 'smartScreen' }),
        alert('c', { category: 'Execution' }),
      ],
    ],
    [
      'Multi-stage incident involving Persistence & Defense evasion including Ransomware',
      [
        alert('a', { category: 'Persistence', assets: [] }),
        alert('b', { category: 'DefenseEvasion', assets: [] }),
        alert('c', { category: 'Ransomware', assets: [] }),
      ],
    ],
    [
      'Multi-stage incident involving multiple users',
      [
        alert('a', { category: 'SuspiciousActivity', assets: user('kim') }),
        alert('b', { category: 'Malware', assets: user('lee') }),
      ],
    ],
    [
      'Multi-stage incident involving Privilege escalation involving multiple users',
      [
        alert('a', { category: 'PrivilegeEscalation', assets: user('kim') }),
        alert('b', { category: 'Malware', assets: user('lee') }),
      ],
    ],
  ])('%s', (name, alerts) => {
    expect(nameAfter(...alerts)).toBe(name);
  });

  it('anew when another alert comes', () => {
    given()
      .when(adding(alert('a', { assets: device('pc') })), adding(alert('b', { assets: device('pc') })))
      .thenTypes('AlertAdded', 'IncidentNamedAutomatically');
  });
});

describe('a name that somebody gave', () => {
  it('is never overwritten', () => {
    given()
      .when(adding(alert('a')), rename({ displayName: 'Ours' }), adding(alert('b')))
      .thenState({ displayName: 'Ours', nameIsAutomatic: false });
  });

  it('stays even where it equals the automatic one', () => {
    given(opened({ displayName: 'Same', nameIsAutomatic: true }))
      .when(rename({ displayName: 'Same' }))
      .then({ type: 'IncidentRenamed', data: { displayName: 'Same', previous: 'Same', previousWasAutomatic: true } });
  });
});
