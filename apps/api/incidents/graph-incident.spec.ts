import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { determinationsOf, fits, incidentStatuses, limits, severities } from '#incidents';
import { mistakesOf } from '../testing/mistakes-of.js';
import { bodyLimits, sizeOf } from '../http/body-parsers.js';
import { readGraphIncident } from './graph-incident.js';

const now = '2026-11-23T10:00:00.000Z';
const minimal = { id: '1923', displayName: 'Malware', status: 'active', createdDateTime: '2023-05-13T23:55:09.29Z' };
const all = (more: object = {}) => readGraphIncident({ ...minimal, ...more }, 'defender', now);
const read = (more: object = {}) => all(more).incident;
const adaptedIn = (more: object) => all(more).adapted.map(({ property, to }) => [property, to]);

const mistakesIn = (raw: unknown) => mistakesOf(() => readGraphIncident(raw, 'defender', now));

describe('an incident of Graph', () => {
  it('is read as it came, and what Docket has no property for is kept', () => {
    const { incident, comments, alerts, adapted } = all({
      '@odata.type': '#microsoft.graph.security.incident',
      severity: 'High',
      redirectIncidentId: null,
      summary: 'A story.',
      priorityScore: 86,
      somethingNew: { of: ['next year'] },
      comments: [],
      alerts: [{ id: 'da1' }],
    });
    expect({ ...incident, contentHash: '' }).toEqual({
      externalId: '1923',
      externalSource: 'defender',
      externalUrl: null,
      tenantId: null,
      displayName: 'Malware',
      status: 'active',
      severity: 'high',
      classification: null,
      determination: null,
      assignedTo: null,
      description: null,
      resolvingComment: null,
      customTags: [],
      systemTags: [],
      createdDateTime: '2023-05-13T23:55:09.29Z',
      lastUpdateDateTime: '2023-05-13T23:55:09.29Z',
      resolvedDateTime: null,
      lastModifiedBy: null,
      other: {
        '@odata.type': '#microsoft.graph.security.incident',
        redirectIncidentId: null,
        summary: 'A story.',
        priorityScore: 86,
        somethingNew: { of: ['next year'] },
      },
      contentHash: '',
    });
    expect({ comments, alerts, adapted }).toEqual({ comments: [], alerts: [{ id: 'da1' }], adapted: [] });
  });

  it('may have a number for an id', () => {
    expect(read({ id: 1923 }).externalId).toBe('1923');
    expect(mistakesIn({ ...minimal, id: 1.5 })).toEqual(['id']);
    expect(mistakesIn({ ...minimal, id: 'x'.repeat(limits.alertId + 1) })).toEqual(['id']);
  });

  it.each([
    ['unknown', null],
    ['', null],
    [null, null],
    ['UnknownFutureValue', null],
    ['TRUEPOSITIVE', 'truePositive'],
  ])('of classification %j is of %j', (classification, expected) => {
    expect(all({ classification })).toMatchObject({ incident: { classification: expected }, adapted: [] });
  });

  it('understands determinations by their older names', () => {
    const judged = { classification: 'TruePositive', determination: 'CompromisedUser' };
    expect(read(judged)).toMatchObject({ classification: 'truePositive', determination: 'compromisedAccount' });
  });

  it.each(['2023-05-13T23:55:09Z', '2023-05-13T23:55:09.5533333Z', '2023-05-13T23:55:09.1+02:00'])(
    'keeps its times as they came: %s',
    (lastUpdateDateTime) => expect(read({ lastUpdateDateTime })).toMatchObject({ lastUpdateDateTime }),
  );

  it('has its tags under either name', () => {
    expect(read({ tags: ['Demo'] }).customTags).toEqual(['Demo']);
    expect(read({ tags: ['Demo'], customTags: [] }).customTags).toEqual(['Demo']);
    expect(read({ tags: ['old'], customTags: ['new'] })).toMatchObject({
      customTags: ['new'],
      other: { tags: ['old'] },
    });
  });

  it('has comments in the spelling of either version, and tells of one without words', () => {
    const older = { comment: 'Seen.', createdBy: 'David', createdTime: '2021-09-30T12:07:37.2756993Z' };
    const newer = { comment: 'Done.', createdByDisplayName: 'Jane', createdDateTime: '2021-09-30T13:00:00Z' };
    const { comments, adapted } = all({ comments: [older, newer, { comment: ' ' }, { comment: 'Bare.' }] });
    expect(comments).toMatchObject([
      { comment: 'Seen.', by: 'David', createdDateTime: '2021-09-30T12:07:37.2756993Z', alertId: null },
      { comment: 'Done.', by: 'Jane', createdDateTime: '2021-09-30T13:00:00Z', alertId: null },
      { comment: 'Bare.', by: null, createdDateTime: null, alertId: null },
    ]);
    expect(adapted).toMatchObject([{ property: 'comments', from: { comment: ' ' }, to: null }]);
  });

  it.each([
    [undefined, []],
    [null, []],
    [{ id: 'da1' }, [{ id: 'da1' }]],
    [
      [{ id: 'da1' }, 'junk'],
      [{ id: 'da1' }, 'junk'],
    ],
  ])('may have %j for alerts', (alerts, expected) => expect(all({ alerts }).alerts).toEqual(expected));

  it('keeps what else is said with a comment, and what is adapted of it', () => {
    const raw = { '@odata.type': '#c', comment: 'c', createdBy: { user: 1 }, createdByDisplayName: 'x'.repeat(301) };
    const { comments, adapted } = all({ comments: [{ ...raw, createdDateTime: 'today', mentions: ['bob'] }] });
    expect(comments).toMatchObject([
      {
        by: 'x'.repeat(300),
        createdDateTime: null,
        other: {
          '@odata.type': '#c',
          createdBy: { user: 1 },
          createdByDisplayName: 'x'.repeat(301),
          createdDateTime: 'today',
          mentions: ['bob'],
        },
      },
    ]);
    expect(adapted.map(({ property, to }) => [property, to])).toEqual([
      ['comments.createdByDisplayName', 'x'.repeat(300)],
      ['comments.createdDateTime', null],
    ]);
  });

  it('is of the tenant of its alerts where it does not say', () => {
    const alerts = ['nonsense', { id: 'a' }, { id: 'b', tenantId: 't-1' }];
    expect(read({ alerts }).tenantId).toBe('t-1');
    expect(read({ alerts, tenantId: 't-2' }).tenantId).toBe('t-2');
    expect(read({ alerts: [] }).tenantId).toBeNull();
  });

  it('is told where its text was cut in the middle of a character', () => {
    const { incident, comments, adapted } = all({
      displayName: 'a\ud800',
      tags: ['😀'],
      comments: [{ comment: '\udc00' }],
    });
    expect([incident.displayName, incident.customTags, comments[0]?.comment]).toEqual(['a�', ['😀'], '�']);
    expect(adapted).toMatchObject([
      { property: 'displayName', from: 'a\ud800', to: 'a�' },
      { property: 'comments', to: [{ comment: '�' }] },
    ]);
  });

  it('is the same version whichever alerts and comments come along, and however its properties are ordered', () => {
    const { contentHash } = read();
    expect(read({ alerts: [{ id: 'da1' }], comments: [{ comment: 'Hm.' }] }).contentHash).toBe(contentHash);
    const turned = Object.fromEntries(Object.entries(minimal).reverse());
    expect(readGraphIncident(turned, 'defender', now).incident.contentHash).toBe(contentHash);
    expect(read({ priorityScore: 1 }).contentHash).not.toBe(contentHash);
  });
});

describe('what Docket has no word for', () => {
  it.each([
    [{ status: 'awaitingAction' }, ['status', 'active']],
    [{ status: null }, ['status', 'active']],
    [{ severity: 'catastrophic' }, ['severity', 'unknown']],
    [{ classification: 'benign' }, ['classification', null]],
    [{ classification: 'truePositive', determination: 'apt' }, ['determination', null]],
    [{ classification: 'falsePositive', determination: 'malware' }, ['determination', null]],
    [{ customTags: ['VIP', 'vip'] }, ['customTags', ['VIP']]],
    [{ displayName: ' ' }, ['displayName', 'Incident 1923']],
    [{ displayName: 'x'.repeat(301) }, ['displayName', 'x'.repeat(300)]],
    [{ incidentWebUrl: 'javascript:alert(1)' }, ['incidentWebUrl', null]],
    [{ createdDateTime: null }, ['createdDateTime', now]],
    [{ resolvedDateTime: '2026-01-05T00:00:00Z' }, ['resolvedDateTime', null]],
  ])('%j is adapted, which is told, and kept', (more, told) => {
    expect(adaptedIn(more)).toEqual([told]);
    const { adapted, incident } = all(more);
    for (const { property, from } of adapted) if (from !== null) expect(incident.other[property]).toEqual(from);
  });

  it('never makes an incident that the domain does not know, whatever text is there', () => {
    const aWord = fc.oneof(fc.string(), fc.constantFrom('Resolved', 'HIGH', 'falsePositive', 'Clean', 'apt', 'new'));
    const texts = fc.record({ status: aWord, severity: aWord, classification: aWord, determination: aWord });
    const anything = fc.tuple(texts, fc.array(fc.string()), fc.constantFrom(...Object.keys(determinationsOf)));
    fc.assert(
      fc.property(anything, ([words, customTags, classification]) => {
        if (words.status.toLowerCase() === 'redirected') return;
        for (const judged of [words, { ...words, classification }]) {
          const incident = read({ ...judged, customTags });
          expect(incidentStatuses).toContain(incident.status);
          expect(severities).toContain(incident.severity);
          if (incident.determination) expect(fits(incident.determination, incident.classification!)).toBe(true);
        }
      }),
    );
  });
});

describe('an incident that cannot be read', () => {
  it('is refused with every mistake at once', () => {
    const wrong = { ...minimal, id: 'a b', assignedTo: 7, createdDateTime: '13.5.2023', systemTags: {}, comments: 'x' };
    expect(mistakesIn(wrong)).toEqual(['id', 'systemTags', 'createdDateTime', 'assignedTo', 'comments']);
  });

  it.each([[[]], ['text'], [7], [null]])('is %j', (raw) => expect(mistakesIn(raw)).toEqual(['']));

  it('is one that is too large, even without its alerts and comments', () => {
    const large = 'x'.repeat(600 * 1_024);
    expect(() => read({ summary: large })).toThrow('Without alerts and comments it may have 524288 bytes');
    expect(all({ alerts: [{ id: 'da1', title: large }] }).alerts).toHaveLength(1);
  });

  it('is one that is too large with the originals of what is adapted', () => {
    const long = '\u0001'.repeat(limits.description + 1);
    const customTags = Array.from({ length: limits.tags }, (_, n) => `${n} ${'😀'.repeat(limits.tag)}`);
    const most = { description: long, customTags };
    expect(all(most).adapted).toHaveLength(2);
    const summary = 's'.repeat(bodyLimits.alert - sizeOf({ ...minimal, ...most, summary: '' }));
    expect(() => read({ ...most, summary })).toThrow('901120 with the originals of what is adapted');
    expect(mistakesIn({ ...minimal, comments: [{ comment: 'c', createdBy: 'x'.repeat(bodyLimits.alert) }] })).toEqual([
      'comments',
    ]);
  });

  it.each(['2026-02-30T00:00:00Z', '0001-01-01T00:00:00+14:00', '9999-12-31T23:59:59-12:00', '0000-05-01T00:00:00Z'])(
    'is one of a time that does not exist, or not within the years 1 to 9999: %s',
    (time) => {
      expect(mistakesIn({ ...minimal, createdDateTime: time })).toEqual(['createdDateTime']);
      expect(all({ comments: [{ comment: 'c', createdDateTime: time }] }).comments[0]?.createdDateTime).toBeNull();
    },
  );

  it('is one with too many alerts, or nested too deep', () => {
    expect(mistakesIn({ ...minimal, alerts: Array.from({ length: limits.alerts + 1 }, () => 0) })).toEqual(['alerts']);
    let deep: object = {};
    for (let level = 0; level < 70; level++) deep = { deep };
    expect(mistakesIn({ ...minimal, deep })).toEqual(['']);
    expect(mistakesIn({ ...minimal, alerts: [deep] })).toEqual([]); // which is for the alert to answer
  });
});
