import { describe, it } from '@jest/globals';
import { alert, given, opened } from '../testing/scenario.js';
import { addAlerts } from './intake.js';
import { rename } from './naming.js';

const nothingShared = { rule: 'nothingShared' } as const;
const adding = (...alerts: ReturnType<typeof alert>[]) =>
  addAlerts(
    '1',
    alerts.map((summary) => ({ alert: summary, reason: nothingShared })),
  );
const device = (name: string) => [{ kind: 'device', key: `device:${name}`, name }] as const;

describe('an incident is named automatically', () => {
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
