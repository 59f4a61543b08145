import { describe, expect, it } from '@jest/globals';
import { reportAlert, reportedAlertDecider } from './reported-alert.js';
import { aReport } from './testing/report.js';

const report = (lastUpdateDateTime: string, title = 'Title') => aReport('da1', { title, lastUpdateDateTime });

const noon = report('2026-01-01T12:00:00Z');
const known = reportedAlertDecider.evolve(undefined, {
  type: 'AlertReported',
  data: { report: noon, contentHash: 'noon', incidentId: null },
});

describe('reporting an alert', () => {
  it('the first time says where it goes, if the report does', () => {
    expect(reportAlert(noon, 'noon', '7')(undefined)).toEqual([
      { type: 'AlertReported', data: { report: noon, incidentId: '7', contentHash: 'noon' } },
    ]);
  });

  it('again with the same content changes nothing', () => {
    expect(reportAlert(noon, 'noon', null)(known)).toEqual([]);
  });

  it('with newer content updates it', () => {
    const later = report('2026-01-01T12:00:00.1234567Z', 'Better title');
    expect(reportAlert(later, 'later', null)(known)).toEqual([
      { type: 'AlertReportUpdated', data: { report: later, contentHash: 'later' } },
    ]);
  });

  it('that comes along with an incident is told from one that is reported into it', () => {
    expect(reportAlert(noon, 'noon', '7', { imported: true })(undefined)).toMatchObject([{ data: { imported: true } }]);
  });

  it('that comes along with an incident in two versions of the same time keeps the first, or they would take turns', () => {
    const twin = report(noon.lastUpdateDateTime, 'Other title');
    expect(reportAlert(twin, 'twin', '7', { imported: true })(known)).toEqual([]);
    expect(reportAlert(twin, 'twin', null)(known)).toHaveLength(1);
  });

  it('is newer by the last of its digits, in whichever zone', () => {
    const [ours, next] = ['2026-01-01T12:00:00.1234567Z', '2026-01-01T13:00:00.1234568+01:00'];
    const [older, newer] = [report(ours), report(next, 'Better title')];
    const types = (here: typeof older, came: typeof older, imported: boolean) =>
      reportAlert(came, 'came', null, { imported })({ report: here, contentHash: 'here' }).map(({ type }) => type);
    for (const imported of [true, false]) {
      expect(types(older, newer, imported)).toEqual(['AlertReportUpdated']);
      expect(types(newer, older, imported)).toEqual([]);
    }
  });

  it('with older content changes nothing', () => {
    expect(reportAlert(report('2026-01-01T11:00:00Z'), 'earlier', null)(known)).toEqual([]);
  });
});
