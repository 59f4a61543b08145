import { describe, expect, it } from '@jest/globals';
import { summarise } from './alert-report.js';
import type { Evidence } from './alert-report.js';
import { aReport } from './testing/report.js';

const reportOf = (...evidence: Evidence[]) => aReport('da1', { evidence });

const kind = (name: string) => ({ '@odata.type': `#microsoft.graph.security.${name}` });

describe('the summary of a report', () => {
  it('names devices, users and mailboxes as impacted assets, by the first identifier that is there', () => {
    const { assets } = summarise(
      reportOf(
        { ...kind('deviceEvidence'), mdeDeviceId: 'AB12', deviceDnsName: 'PC-7.contoso.com' },
        { ...kind('userEvidence'), userAccount: { domainName: 'CONTOSO', accountName: 'Kim' } },
        { ...kind('mailboxEvidence'), primaryAddress: 'Kim@Contoso.com' },
      ),
      0,
    );
    expect(assets).toEqual([
      { kind: 'device', key: 'device:ab12', name: 'PC-7.contoso.com' },
      { kind: 'user', key: 'user:contoso\\kim', name: 'CONTOSO\\Kim' },
      { kind: 'mailbox', key: 'mailbox:kim@contoso.com', name: 'Kim@Contoso.com' },
    ]);
  });

  it('has every identifier of an entity as a key, lower-cased and once', () => {
    const device = { ...kind('deviceEvidence'), mdeDeviceId: 'AB12', azureAdDeviceId: null, deviceDnsName: 'PC-7' };
    expect(summarise(reportOf(device, device), 0).entityKeys).toEqual(['device:ab12', 'device:pc-7']);
  });

  it('passes over evidence that it does not know, and assets without an identifier', () => {
    const summary = summarise(
      reportOf(
        { ...kind('urlEvidence'), url: 'http://x' },
        {},
        { ...kind('userEvidence'), userAccount: null },
        kind('constructor'),
        kind('__proto__'),
      ),
      0,
    );
    expect(summary.assets).toEqual([]);
  });

  it('is bounded, whatever the report says', () => {
    const device = (n: number) => ({
      ...kind('deviceEvidence'),
      mdeDeviceId: `${n}`.padEnd(5_000, 'x'),
      deviceDnsName: 'y'.repeat(5_000),
    });
    const report = { ...reportOf(...Array.from({ length: 500 }, (_, n) => device(n))), title: 'z'.repeat(100_000) };
    expect(JSON.stringify(summarise(report, 0)).length).toBeLessThan(70_000);
  });
});
