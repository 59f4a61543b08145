import { describe, expect, it } from '@jest/globals';
import stringWidth from 'string-width';
import type { Incident } from './entry.js';
import { incidentPage } from './incident-page.js';
import type { AlertRow } from './incident-page.js';

const incident = {
  id: '7',
  displayName: `${'端末'.repeat(30)} \u001b[2J involving Initial access & Exfiltration on multiple endpoints`,
  status: 'inProgress',
  severity: 'high',
  severityIsAutomatic: false,
  classification: 'truePositive',
  determination: null,
  assignedTo: null,
  description: 'x'.repeat(300),
  resolvingComment: null,
  customTags: ['VIP'],
  systemTags: [],
  createdDateTime: '2026-11-23T12:00:00.000Z',
  lastUpdateDateTime: '2026-11-23T13:00:00.000Z',
  resolvedDateTime: null,
  lastModifiedBy: 'kim',
  alertCount: 2,
  activeAlertCount: 1,
  impactedAssets: Array.from({ length: 11 }, (_, index) => ({ kind: 'device', key: `d${index}`, name: `pc-${index}` })),
  impactedAssetCount: 11,
  externalId: '1923',
  externalSource: 'defender',
  externalUrl: 'https://security.example/incidents/1923',
  revision: 12,
} as unknown as Incident;

const alerts: AlertRow[] = ['a', 'b'].map((id) => ({
  id: `${id}-`.repeat(30),
  title: `Suspicious \u202E PowerShell ${'command line '.repeat(9)}`,
  severity: 'medium',
  status: 'new',
  assignedTo: 'somebody@contoso.example',
}));

describe('an incident as a page', () => {
  it.each([80, 100, 200])('fits into %d columns, whatever others call things', (width) => {
    const page = incidentPage({ incident, alerts, history: [] }, width);
    for (const line of page.split('\n')) expect(stringWidth(line)).toBeLessThanOrEqual(width);
    expect(page).not.toMatch(/[\u001b\u202E]/);
  });

  it('tells what it is, and leaves out what there is not', () => {
    const page = incidentPage({ incident, alerts, history: ['  12  kim commented'] }, 80);
    for (const told of [
      'high (set by hand)',
      'truePositive',
      'defender 1923',
      'Alerts (1 open of 2)',
      'and 3 more',
      'VIP',
    ])
      expect(page).toContain(told);
    expect(page).toMatch(/What happened last\n {2}12 {2}kim commented\n$/);
    for (const absent of ['resolution', 'users', 'mailboxes']) expect(page).not.toContain(absent);
  });

  it('says where it does not show all alerts', () => {
    expect(incidentPage({ incident, alerts: alerts.slice(1), history: [] }, 80)).toContain('the first 1 of them here');
  });

  it('says how many assets it does not hold', () => {
    const page = (impactedAssetCount: number) =>
      incidentPage({ incident: { ...incident, impactedAssetCount }, alerts, history: [] }, 80);
    expect(page(10_000)).toMatch(/others +9989, listed by GET/);
    expect(page(11)).not.toContain('others');
  });

  it('says which incident it is part of', () => {
    const merged = {
      ...incident,
      status: 'redirected',
      redirectIncidentId: '3',
      alertCount: 0,
      impactedAssets: [],
      impactedAssetCount: 0,
    };
    const page = (width?: number) => incidentPage({ incident: merged as Incident, alerts: [], history: [] }, width);
    expect(page(80)).toMatch(/\n {2}status {10}redirected\n {2}merged into {5}#3\n/);
    expect(page().split('\n')).toContain('merged into\t3');
    expect(incidentPage({ incident, alerts, history: [] }, 80)).not.toContain('merged into');
  });

  it('shows of the past what was detected, and not whose it is now', () => {
    const then = alerts.map(({ id, title, severity }) => ({ id, title, severity }));
    expect(incidentPage({ incident, alerts: then, history: [] }, 80)).toMatch(/\n {2}severity {2}alert\n/);
  });

  it('is lines of exact values in a pipe', () => {
    const lines = incidentPage({ incident, alerts, history: [] }, undefined).split('\n');
    expect(lines).toContain(`description\t${'x'.repeat(300)}`);
    expect(lines).toContain('opened\t2026-11-23T12:00:00.000Z');
    expect(lines.filter((line) => line.endsWith(alerts[0]!.id))).toHaveLength(1);
  });
});
