import { describe, expect, it } from '@jest/globals';
import { AlertsIn } from './alerts-in.js';
import type { Entry } from './entry.js';

const after = (...entries: [type: string, ...alertIds: string[]][]) => {
  const alerts = new AlertsIn();
  for (const [type, ...alertIds] of entries)
    alerts.note({ type, ...(type === 'AlertAdded' ? { alertId: alertIds[0] } : { alertIds }) } as Entry);
  return { come: [...alerts.come], gone: [...alerts.gone] };
};

describe('the alerts of an incident, by its history', () => {
  it('come one by one or together, and go', () => {
    const entries = [['AlertAdded', 'a'] as [string, string], ['AlertMovedIn', 'b', 'c'] as [string, string, string]];
    expect(after(...entries)).toEqual({ come: ['a', 'b', 'c'], gone: [] });
    expect(after(...entries, ['AlertMovedOut', 'a', 'z'])).toEqual({ come: ['b', 'c'], gone: ['z'] });
  });

  it('go all together where it is merged into another', () => {
    expect(after(['AlertAdded', 'a'], ['AlertAdded', 'b'], ['IncidentMerged', 'a', 'b'])).toEqual({
      come: [],
      gone: [],
    });
    expect(after(['IncidentMerged', 'a', 'b'])).toEqual({ come: [], gone: ['a', 'b'] });
  });

  it('that come back were never away', () => {
    expect(after(['AlertMovedOut', 'a'], ['AlertMovedIn', 'a'])).toEqual({ come: [], gone: [] });
  });

  it('do not move by what is done to them', () => {
    expect(after(['IncidentAssigned', 'a', 'b'], ['AlertsTurnedAway', 'c'])).toEqual({ come: [], gone: [] });
  });
});
