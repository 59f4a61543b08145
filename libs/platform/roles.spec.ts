import { describe, expect, it } from '@jest/globals';
import { isRole, roles, scopesOf } from './roles.js';

describe('roles', () => {
  const reading = ['SecurityIncident.Read.All', 'SecurityAlert.Read.All'];

  it('let a reader read incidents and alerts, and an auditor the log too, and neither write', () => {
    expect([...scopesOf(['reader'])]).toEqual(reading);
    expect([...scopesOf(['auditor'])]).toEqual([...reading, 'AuditLog.Read.All']);
  });

  it('let an admin alone import what others are said to have done', () => {
    expect(roles.filter((role) => scopesOf([role]).has('SecurityIncident.Import.All'))).toEqual(['admin']);
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
