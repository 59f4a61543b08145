import { describe, expect, it } from '@jest/globals';
import { isRole, roles, scopesOf } from './roles.js';

describe('roles', () => {
  it.each(['reader', 'auditor'] as const)('%s reads everything and writes nothing', (role) => {
    expect([...scopesOf([role])]).toEqual(['SecurityIncident.Read.All', 'SecurityAlert.Read.All']);
  });

  it('let everybody read who may write', () => {
    for (const role of roles) {
      const held = scopesOf([role]);
      for (const what of ['Incident', 'Alert'] as const)
        if (held.has(`Security${what}.ReadWrite.All`)) expect(held).toContain(`Security${what}.Read.All`);
    }
  });

  it('add up', () => {
    expect(scopesOf(['reader', 'analyst']).size).toBe(4);
    expect(scopesOf([]).size).toBe(0);
  });

  it('are not found on the prototype', () => {
    expect(isRole('constructor')).toBe(false);
  });
});
