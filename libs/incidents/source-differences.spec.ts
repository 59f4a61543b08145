import { describe, expect, it } from '@jest/globals';
import { changeTags } from './decisions/tags.js';
import { moveOut } from './decisions/move.js';
import { addImportedAlerts } from './decisions/import.js';
import { alertDifferencesOf, differencesOf, reportDifferencesOf } from './source-differences.js';
import { aReport, deviceEvidence } from './testing/report.js';
import { alert, given, imported } from './testing/scenario.js';
import { aSourceIncident } from './testing/source-incident.js';

const first = aSourceIncident({ customTags: ['Demo', 'vip'], other: { summary: 'Short.', priorityScore: 7 } });
const { ...here } = first;
const incident = given(imported(here)).when(changeTags({})).thenIncident();

describe('an incident and another version of its source', () => {
  it('are not different where they say the same', () => {
    const later = { lastUpdateDateTime: '2024-01-01T00:00:00Z', lastModifiedBy: 'Bob', contentHash: 'second version' };
    expect(differencesOf(incident, first, { ...first, ...later })).toEqual([]);
  });

  it('may spell and order tags as they like', () => {
    expect(differencesOf(incident, first, { ...first, customTags: ['VIP', 'demo'] })).toEqual([]);
    expect(differencesOf(incident, first, { ...first, customTags: ['vip'] })).toEqual([
      { property: 'customTags', here: ['Demo', 'vip'], there: ['vip'] },
    ]);
  });

  it('are different in what either has changed, also in what Docket has no property for', () => {
    const now = aSourceIncident({
      ...first,
      assignedTo: 'jane',
      classification: 'truePositive',
      other: { summary: 'Longer.', assigned: true },
    });
    expect(differencesOf(incident, first, now)).toEqual([
      { property: 'assignedTo', here: null, there: 'jane' },
      { property: 'classification', here: null, there: 'truePositive' },
      { property: 'summary', here: 'Short.', there: 'Longer.' },
      { property: 'priorityScore', here: 7, there: null },
      { property: 'assigned', here: null, there: true },
    ]);
  });

  it('are different in their tenants, whatever the case of the letters', () => {
    expect(differencesOf(incident, first, { ...first, tenantId: 'T-1' })).toEqual([]);
    expect(differencesOf(incident, { ...first, tenantId: null }, first)).toEqual([
      { property: 'tenantId', here: null, there: 't-1' },
    ]);
  });

  it('are not different because all alerts have left here', () => {
    const away = moveOut({ alertIds: ['a'], toIncidentId: '2', comment: null, reasons: [] });
    const empty = given(imported())
      .when(addImportedAlerts([alert('a')]), away)
      .thenIncident();
    expect(empty.systemTags).toEqual(['Empty']);
    expect(differencesOf(empty, aSourceIncident(), aSourceIncident({ contentHash: 'second' }))).toEqual([]);
  });
});

describe('an alert and another version of its report', () => {
  it('are different in what was detected and in how it is handled', () => {
    expect(alertDifferencesOf(alert('a'), alert('a', { title: 'Other', assignedTo: 'jane' }))).toEqual([
      { property: 'title', here: 'Title of a', there: 'Other' },
      { property: 'assignedTo', here: null, there: 'jane' },
    ]);
  });

  it('are different in the entries of their evidence and in what Docket has no property for', () => {
    const [same, old, young] = ['pc-1', 'pc-2', 'pc-3'].map((device) => deviceEvidence(device));
    const here = aReport('a', {
      evidence: [same!, old!],
      other: { description: 'Old.', actors: [], ['__proto__']: 1 },
    });
    const now = aReport('a', { evidence: [same!, young!], other: { description: 'New.', actors: [] } });
    expect(reportDifferencesOf(here, now)).toEqual([
      { property: 'evidence', here: [old], there: [young] },
      { property: 'description', here: 'Old.', there: 'New.' },
      { property: '__proto__', here: 1, there: null },
    ]);
  });

  it('are not different in their comments, nor in the number of their incident', () => {
    const other = { comments: [{ comment: 'Seen.' }], incidentId: '7', externalIncidentId: '1923' };
    expect(reportDifferencesOf(aReport('a'), aReport('a', { other }))).toEqual([]);
  });
});
