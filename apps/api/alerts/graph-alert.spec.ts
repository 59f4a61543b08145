import { describe, expect, it } from '@jest/globals';
import { mistakesOf } from '../testing/mistakes-of.js';
import { isAlertId, readGraphAlert } from './graph-alert.js';

const now = '2026-11-23T10:00:00.000Z';
const minimal = { id: 'da1_-2', title: 'Suspicious execution of a hidden file' };
const read = (more: Record<string, unknown> = {}) => readGraphAlert({ ...minimal, ...more }, now).report;

const mistakesIn = (raw: unknown) => mistakesOf(() => readGraphAlert(raw, now));

describe('an alert of Graph', () => {
  it('needs an id and a title, nothing else', () => {
    expect(readGraphAlert(minimal, now)).toEqual({
      incidentId: null,
      adapted: [],
      report: {
        ...minimal,
        severity: 'unknown',
        status: 'new',
        category: null,
        serviceSource: null,
        detectionSource: null,
        assignedTo: null,
        classification: null,
        determination: null,
        createdDateTime: now,
        lastUpdateDateTime: now,
        evidence: [],
        other: {},
      },
    });
  });

  it('is read without regard to the case of enumerations, and spelt as Graph spells them', () => {
    expect(
      read({
        severity: 'High',
        status: 'InProgress',
        classification: 'TruePositive',
        determination: 'MultiStagedAttack',
        serviceSource: 'MicrosoftDefenderForEndpoint',
        detectionSource: 'Antivirus',
      }),
    ).toMatchObject({
      severity: 'high',
      status: 'inProgress',
      classification: 'truePositive',
      determination: 'multiStagedAttack',
      serviceSource: 'microsoftDefenderForEndpoint',
      detectionSource: 'antivirus',
    });
  });

  it('keeps its category as it is, in PascalCase', () => {
    expect(read({ category: 'DefenseEvasion' }).category).toBe('DefenseEvasion');
    expect(read({ categories: ['Execution', 'Impact'] }).category).toBe('Execution');
  });

  it.each([null, 'unknown', 'Unknown', '', undefined])('with %j for a judgement has none', (nothing) => {
    expect(read({ classification: nothing, determination: nothing })).toMatchObject({
      classification: null,
      determination: null,
      other: {},
    });
  });

  it.each([
    ['truePositive', 'compromisedUser', 'compromisedAccount'],
    ['falsePositive', 'Clean', 'notMalicious'],
    ['falsePositive', 'insufficientData', 'notEnoughDataToValidate'],
    ['informationalExpectedActivity', 'confirmedUserActivity', 'confirmedActivity'],
  ])('may use an older name: %s, %s', (classification, older, determination) => {
    expect(read({ classification, determination: older })).toMatchObject({ classification, determination, other: {} });
  });

  it('keeps a determination that is retired or does not fit, but does not take it for its judgement', () => {
    expect(read({ classification: 'truePositive', determination: 'apt' })).toMatchObject({
      determination: null,
      other: { determination: 'apt' },
    });
    expect(read({ classification: 'falsePositive', determination: 'malware' })).toMatchObject({
      classification: 'falsePositive',
      determination: null,
      other: { determination: 'malware' },
    });
  });

  it.each([
    '2026-01-22T12:09:23Z',
    '2026-01-22T12:09:23.5Z',
    '2026-01-22T12:09:23.29Z',
    '2026-01-22T12:09:23.116Z',
    '2026-01-22T12:09:23.1433333Z',
    '2026-01-22T12:09:23+02:00',
  ])('keeps the time %s as it came', (time) => {
    expect(read({ createdDateTime: time, lastUpdateDateTime: time })).toMatchObject({
      createdDateTime: time,
      lastUpdateDateTime: time,
    });
  });

  it('was last updated when it was created, unless it says more', () => {
    const createdDateTime = '2026-01-22T12:09:23Z';
    expect(read({ createdDateTime }).lastUpdateDateTime).toBe(createdDateTime);
  });

  it('keeps evidence of any kind and all other properties as they came', () => {
    const evidence = [
      { '@odata.type': '#microsoft.graph.security.deviceEvidence', deviceDnsName: 'pc-1', riskScore: 'high' },
      { '@odata.type': '#microsoft.graph.security.quantumEvidence', 'qubits.used': [0, 1, null] },
    ];
    const other = {
      '@odata.type': '#microsoft.graph.security.alert',
      additionalData: { a: { b: 1 } },
      comments: [],
      $odd: '\u200b',
    };
    expect(read({ evidence, ...other })).toMatchObject({ evidence, other });
  });

  it('may have one piece of evidence that is no array, or none', () => {
    expect(read({ evidence: { '@odata.type': 'x' } }).evidence).toEqual([{ '@odata.type': 'x' }]);
    expect(read({ evidence: null }).evidence).toEqual([]);
  });

  it('may name the incident it belongs to', () => {
    expect(readGraphAlert({ ...minimal, incidentId: '7' }, now).incidentId).toBe('7');
    expect(readGraphAlert({ ...minimal, incidentId: null }, now).incidentId).toBeNull();
    expect(read({ incidentId: '7' }).other).toEqual({});
  });

  it('keeps a source that Graph does not know', () => {
    expect(read({ serviceSource: 'OurOwnHoneypot', detectionSource: 'unknownFutureValue' })).toMatchObject({
      serviceSource: 'OurOwnHoneypot',
      detectionSource: null,
    });
  });

  it('is refused with every mistake named', () => {
    expect(
      mistakesIn({
        id: '../7',
        title: ' ',
        severity: 'critical',
        createdDateTime: 'yesterday',
        evidence: ['text'],
        incidentId: {},
      }).sort(),
    ).toEqual(['createdDateTime', 'evidence', 'id', 'incidentId', 'severity', 'title']);
    expect(mistakesIn([minimal])).toEqual(['']);
    expect(mistakesIn('alert')).toEqual(['']);
  });

  it('is refused where it is nested too deeply', () => {
    let nested: unknown = 1;
    for (let level = 0; level < 100; level++) nested = [nested];
    expect(mistakesIn({ ...minimal, additionalData: nested })).toEqual(['']);
  });
});

describe('the id of an alert', () => {
  it.each(['da637551227677560813_-961444813', 'fa1c8b7e-0001-5d0a-2e00-08da', 'a', 'x'.repeat(70), 'a=+b:c@d~e.f'])(
    'can be %s',
    (id) => {
      expect(isAlertId(id)).toBe(true);
    },
  );

  it.each(['', 'x'.repeat(71), 'a b', 'a/b', '..', '-a', 'a\n', 'a\u0000', 'ä', '$all', 7, null])(
    'cannot be %j',
    (id) => {
      expect(isAlertId(id)).toBe(false);
    },
  );
});
