import { describe, expect, it } from '@jest/globals';
import { summarise } from '#incidents';
import { aReport, deviceEvidence } from '../../incidents/testing/report.js';
import type { Intake } from './intake.js';
import { chooseRoutes } from './routing.js';

const kim = {
  '@odata.type': '#microsoft.graph.security.userEvidence',
  userAccount: { userPrincipalName: 'kim@contoso.com' },
};

/** Two incidents about pc-1: number 2 changed last, and has as many alerts as are told. */
const index = (alertsInTwo = 1) => ({
  alertsIn: (incidentId: string) => (incidentId === '2' ? alertsInTwo : 1),
  mostRecent: (keys: readonly string[], accepts: (incident: never) => boolean) => {
    const incidentId = ['2', '1'].find((each) => accepts({ incidentId: each } as never));
    return keys.includes('device:pc-1') && incidentId !== undefined ? { incidentId, entity: 'device:pc-1' } : undefined;
  },
});
const rules = { mostAlerts: 3 };

const intake = (
  id: string,
  { device = 'pc-1', named = null }: { device?: string; named?: string | null } = {},
): Intake => ({
  alert: summarise(aReport(id, { evidence: [deviceEvidence(device), kim] }), 0),
  named,
  imported: false,
  refusedBy: new Set(),
});

const placesOf = (batch: readonly Intake[], ...[at = index(), by = rules]: [ReturnType<typeof index>?, object?]) =>
  chooseRoutes(batch, at, { ...rules, ...by }).map(({ place }) =>
    'opened' in place ? `new ${place.opened}` : place.incidentId,
  );

describe('the route of an alert', () => {
  it('leads to the incident that changed last of those that share an entity with it', () => {
    expect(placesOf([intake('a')])).toEqual(['2']);
  });

  it('leads past an incident that has as many alerts as draw others', () => {
    expect(placesOf([intake('a')], index(3))).toEqual(['1']);
  });

  it('leads past one that others of the same batch have filled', () => {
    expect(placesOf(['a', 'b', 'c', 'd', 'e'].map((id) => intake(id)))).toEqual(['2', '2', '1', '1', 'new 0']);
  });

  it('leads to an incident that the report names, however many alerts it has', () => {
    expect(placesOf([intake('a', { named: '2' })], index(10_000))).toEqual(['2']);
  });

  it('is found by those kinds of entities only that are to bring alerts together', () => {
    const others = [intake('a', { device: 'pc-8' }), intake('b', { device: 'pc-9' })];
    expect(placesOf(others)).toEqual(['new 0', 'new 0']); // the same user
    expect(placesOf(others, index(), { entityKinds: ['device'] })).toEqual(['new 0', 'new 1']);
    expect(placesOf([intake('c')], index(), { entityKinds: [] })).toEqual(['new 0']);
  });
});
