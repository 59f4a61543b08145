import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { AlertSummary, ImpactedAsset } from './alert-report.js';
import { absorb, addAlerts, merge, moveIn, moveOut, rename, updateAlert } from './decisions/index.js';
import type { Decision } from './decision.js';
import type { Incident } from './incident.js';
import { alert, eventsOf, fold, given } from './testing/scenario.js';
import { limits, severities } from './vocabulary.js';

type Described = Partial<AlertSummary>;

const asset = (kind: ImpactedAsset['kind'], name: string): ImpactedAsset => ({ kind, key: `${kind}:${name}`, name });
const on = (...names: string[]): Described => ({ assets: names.map((name) => asset('device', name)) });
const of = (...names: string[]): Described => ({ assets: names.map((name) => asset('user', name)) });
const nowhere: Described = { assets: [] };
const byIndicator: Described = { detectionSource: 'customTi' };
const byIdentity: Described = { serviceSource: 'microsoftDefenderForIdentity' };

/** Alerts `0`, `1`, …, each with a title of its own unless it is given one. */
const alertsOf = (described: readonly Described[]): AlertSummary[] =>
  described.map((but, index) => alert(String(index), { title: `Finding ${index}`, ...but }));

const arrive = (incidentId: string, ...alerts: readonly AlertSummary[]) =>
  addAlerts(
    incidentId,
    alerts.map((summary) => ({ alert: summary, reason: { rule: 'nothingShared' } })),
  );

const nameOf = (...described: Described[]): string =>
  given()
    .when(arrive('1', ...alertsOf(described)))
    .thenIncident().displayName;

/** Names that Microsoft Defender gave, and alerts that get them here. */
const realNames: readonly (readonly [name: string, ...alerts: Described[]])[] = [
  [
    'Multi-stage incident on multiple endpoints reported by multiple sources',
    { category: 'Malware', ...on('one') },
    { category: 'SuspiciousActivity', ...on('two'), ...byIndicator },
  ],
  [
    'Multi-stage incident involving Initial access & Command and control on multiple endpoints reported by multiple sources',
    { category: 'CommandAndControl', ...on('one', 'two') },
    { category: 'Execution', ...on('one') },
    { category: 'InitialAccess', ...of('kim'), ...byIdentity },
  ],
  [
    'Multi-stage incident involving Execution & Command and control on one endpoint',
    { category: 'Execution', ...on('one') },
    { category: 'CommandAndControl', ...on('one') },
  ],
  [
    'Multi-stage incident involving Discovery & Collection reported by multiple sources',
    { category: 'Collection', ...nowhere },
    { category: 'Discovery', ...nowhere, ...byIdentity },
  ],
  [
    'Multi-stage incident involving Initial access & Execution on one endpoint reported by multiple sources',
    { category: 'InitialAccess', ...on('one') },
    { category: 'Execution', ...on('one'), ...byIndicator },
  ],
  [
    'Multi-stage incident involving Discovery & Command and control on one endpoint',
    { category: 'Discovery', ...on('one') },
    { category: 'CommandAndControl', ...on('one') },
    { category: 'LateralMovement', ...on('one') },
  ],
  [
    "'Dirtelti' backdoor was prevented on multiple endpoints",
    { title: "'Dirtelti' backdoor was prevented", category: 'Malware', ...on('one') },
    { title: "'Dirtelti' backdoor was prevented", category: 'Malware', ...on('two') },
  ],
  [
    'Office process dropped and executed a PE file on multiple endpoints',
    { title: 'Office process dropped and executed a PE file', ...on('one') },
    { title: 'Office process dropped and executed a PE file', ...on('two') },
  ],
  ['Ransomware activity', { title: 'Ransomware activity', category: 'Ransomware', ...on('one') }],
  [
    'Multi-stage incident involving Execution & Persistence on one endpoint',
    { category: 'Persistence', ...on('one') },
    { category: 'Execution', ...on('one') },
  ],
  [
    'Multi-stage incident involving Execution & Lateral movement on one endpoint reported by multiple sources',
    { category: 'Execution', ...on('one') },
    { category: 'LateralMovement', ...on('one'), ...byIdentity },
  ],
  [
    'Multi-stage incident involving Initial access & Credential access on one endpoint reported by multiple sources',
    { category: 'CredentialAccess', ...on('one'), ...byIdentity },
    { category: 'InitialAccess', ...on('one') },
  ],
  [
    'Multi-stage incident involving Persistence & Discovery on one endpoint reported by multiple sources',
    { category: 'Persistence', ...on('one') },
    { category: 'Discovery', ...on('one'), ...byIndicator },
  ],
  [
    'Multi-stage incident involving Persistence & Defense evasion including Ransomware',
    { category: 'Persistence', ...nowhere },
    { category: 'DefenseEvasion', ...nowhere },
    { category: 'Ransomware', ...nowhere },
  ],
  [
    'Multi-stage incident involving Privilege escalation involving multiple users',
    { category: 'PrivilegeEscalation', ...of('kim') },
    { category: 'SuspiciousActivity', ...of('lee') },
  ],
  [
    'Multi-stage incident involving Initial access & Exfiltration involving one user reported by multiple sources',
    { category: 'InitialAccess', ...of('kim') },
    { category: 'Exfiltration', ...of('kim'), ...byIdentity },
  ],
  [
    'Multi-stage incident involving one user reported by multiple sources',
    { category: 'Malware', ...of('kim') },
    { category: 'SuspiciousActivity', ...of('kim'), ...byIdentity },
  ],
  [
    'Multi-stage incident involving multiple users',
    { category: 'Malware', ...of('kim') },
    { category: 'SuspiciousActivity', ...of('lee') },
  ],
  [
    'Execution incident on one endpoint',
    { category: 'Execution', ...on('one') },
    { category: 'Execution', ...on('one') },
  ],
  ['Malware incident on one endpoint', { category: 'Malware', ...on('one') }, { category: 'Malware', ...on('one') }],
  [
    'Collection incident involving one user reported by multiple sources',
    { category: 'Collection', ...of('kim') },
    { category: 'Collection', ...of('kim'), ...byIdentity },
  ],
  [
    "'Bearfoos' detected on one endpoint reported by multiple sources",
    { title: "'Bearfoos' detected", ...on('one') },
    { title: "'Bearfoos' detected", ...on('one'), ...byIndicator },
  ],
  [
    'Suspected brute-force attack attempt involving one user',
    { title: 'Suspected brute-force attack attempt', ...of('kim') },
    { title: 'Suspected brute-force attack attempt', ...of('kim') },
  ],
  [
    'Email messages containing malicious file removed after delivery involving one user',
    { title: 'Email messages containing malicious file removed after delivery\u200b', ...of('kim') },
    {
      title: 'Email messages containing malicious file removed after delivery',
      assets: [asset('user', 'kim'), asset('mailbox', 'kim@contoso.example')],
    },
  ],
  ['Suspicious PowerShell command line', { title: 'Suspicious PowerShell command line', ...on('one') }],
];

describe('an incident is named as Defender would name it', () => {
  it.each(realNames)('%s', (name, ...described) => {
    const alerts = alertsOf(described);
    const together = given().when(arrive('1', ...alerts));
    expect(together.thenIncident().displayName).toBe(name);
    const oneByOne = given().when(...alerts.map((each) => arrive('1', each)));
    expect(oneByOne.thenIncident().displayName).toBe(name);
  });

  /** These too were seen, of alerts like those here. */
  it.each([
    [
      'Suspicious PowerShell command line on one endpoint',
      'a single alert is seen with a suffix and without: one of them had to be chosen',
      'Suspicious PowerShell command line',
      [{ title: 'Suspicious PowerShell command line', ...on('one') }],
    ],
    [
      'Multi-stage incident involving no user',
      'says of what there is not: who looks for it filters by assets',
      'Multi-stage incident',
      [
        { category: 'Malware', ...nowhere },
        { category: 'SuspiciousActivity', ...nowhere },
      ],
    ],
    [
      'Multi-stage incident involving multiple accounts',
      'an account is a user here, as in the evidence',
      'Multi-stage incident involving multiple users',
      [
        { category: 'Malware', ...of('kim') },
        { category: 'SuspiciousActivity', ...of('lee') },
      ],
    ],
  ])('but for %s: %s', (seen, _because, here, described) => {
    expect(nameOf(...described)).toBe(here);
    expect(here).not.toBe(seen);
  });
});

describe('where no real name says what to do', () => {
  const mailbox = (name: string): Described => ({ assets: [asset('mailbox', name)] });

  it.each([
    ['mailboxes alone are no scope', 'Malware incident', [{ ...mailbox('a') }, { ...mailbox('b') }], 'Malware'],
    [
      'devices come before users',
      'Malware incident on one endpoint',
      [{ ...of('kim', 'lee') }, { ...on('one') }],
      'Malware',
    ],
    [
      'an alert without category adds none',
      'Discovery incident',
      [nowhere, { ...nowhere, category: null }],
      'Discovery',
    ],
    [
      'nor does one whose category is blank',
      'Discovery incident',
      [nowhere, { ...nowhere, category: ' ' }],
      'Discovery',
    ],
    ['several titles without any category are just alerts', 'Multiple alerts', [nowhere, nowhere], null],
    [
      'a category counts once, however it is spelt',
      'Command and control incident',
      [nowhere, { ...nowhere, category: 'Command and Control' }, { ...nowhere, category: 'COMMAND_AND_CONTROL' }],
      'commandAndControl',
    ],
    [
      'categories that are no tactics make stages that are not named',
      'Multi-stage incident',
      [nowhere, { ...nowhere, category: 'Malware' }],
      'SuspiciousActivity',
    ],
    ['Ransomware alone is a category like any other', 'Ransomware incident', [nowhere, nowhere], 'Ransomware'],
    [
      'an alert whose title cannot be seen adds none',
      'Seen',
      [
        { ...nowhere, title: 'Seen' },
        { ...nowhere, title: '\u200b' },
      ],
      'Malware',
    ],
    [
      'such an alert alone lends its category',
      'Malware incident',
      [{ title: '\u200b\u2060', ...on('one') }],
      'Malware',
    ],
    ['and without one has no name to lend', 'Untitled alert', [{ title: '\ufeff', ...on('one') }], null],
    [
      'titles that look the same are the same',
      'Phish',
      [
        { ...nowhere, title: 'Phish\u200b' },
        { ...nowhere, title: '\ufeffPhish ' },
      ],
      'Malware',
    ],
  ] as const)('%s', (_, name, described, category) => {
    expect(nameOf(...described.map((each): Described => ({ category, ...each })))).toBe(name);
  });

  it('a title that leaves no room for the rest is cut, between characters', () => {
    const title = '😀'.repeat(limits.displayName);
    expect(nameOf({ title })).toBe(title);
    const name = nameOf({ title, ...on('one') }, { title, ...on('two'), ...byIndicator });
    const suffix = '… on multiple endpoints reported by multiple sources';
    expect(name).toBe('😀'.repeat(limits.displayName - suffix.length) + suffix);
    expect([...name]).toHaveLength(limits.displayName);
  });
});

describe('whatever products call what they found', () => {
  const aWord = fc.oneof(
    fc.string({ unit: 'binary', maxLength: limits.displayName }),
    fc.constantFrom('', '\u200b', ' '),
  );

  it('the name is one that somebody could have given', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ title: aWord, category: fc.option(aWord) }), { minLength: 1, maxLength: 4 }),
        (described) => {
          const name = nameOf(...described);
          expect(name).toMatch(/\S/);
          expect([...name].length).toBeLessThanOrEqual(limits.displayName);
          expect(name).not.toMatch(/\p{Surrogate}/u);
        },
      ),
    );
  });
});

/** Some alerts come, go, change and come along with another incident that is merged, in any order. */
type Step =
  | { readonly does: 'come'; readonly alertId: string }
  | { readonly does: 'go'; readonly alertId: string }
  | { readonly does: 'come back'; readonly alertId: string }
  | { readonly does: 'change'; readonly alertId: string; readonly to: Described }
  | { readonly does: 'merge' };

const aDescription: fc.Arbitrary<Described> = fc.record({
  title: fc.constantFrom('Phish', 'Phish\u200b', 'Beacon', 'Dump'),
  severity: fc.constantFrom(...severities),
  category: fc.constantFrom(
    null,
    'InitialAccess',
    'initialAccess',
    'Discovery',
    'Exfiltration',
    'Malware',
    'Ransomware',
  ),
  serviceSource: fc.constantFrom(null, 'microsoftDefenderForEndpoint', 'microsoftDefenderForIdentity'),
  detectionSource: fc.constantFrom(null, 'antivirus', 'customTi'),
  assets: fc.uniqueArray(
    fc.constantFrom(asset('device', 'one'), asset('device', 'two'), asset('user', 'kim'), asset('user', 'lee')),
    { maxLength: 2 },
  ),
});
const ids = ['a', 'b', 'c', 'd', 'e'];
const anId = fc.constantFrom(...ids);
const aStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 2, arbitrary: fc.record({ does: fc.constant('come' as const), alertId: anId }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('go' as const), alertId: anId }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('come back' as const), alertId: anId }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constant('change' as const), alertId: anId, to: aDescription }) },
  { weight: 1, arbitrary: fc.constant({ does: 'merge' as const }) },
);

/** Incident 1, which alerts leave for incident 2 and come back from, and into which others are merged. */
class Coming {
  readonly #incidents = new Map<string, Incident>();
  readonly #revisions = new Map<string, number>();
  #steps = 0;

  constructor(private readonly described: ReadonlyMap<string, Described>) {}

  get incident(): Incident | undefined {
    return this.#incidents.get('1');
  }

  step(step: Step): void {
    this.#steps += 1;
    switch (step.does) {
      case 'come':
        return this.decide('1', arrive('1', alert(step.alertId, this.described.get(step.alertId))));
      case 'go':
        return this.#move(step.alertId, '1', '2');
      case 'come back':
        return this.#move(step.alertId, '2', '1');
      case 'change':
        return this.#change(step.alertId, step.to);
      case 'merge':
        return this.#merge();
    }
  }

  decide(incidentId: string, decide: (incident: Incident | undefined) => Decision): void {
    const revision = this.#revisions.get(incidentId) ?? 0;
    const events = eventsOf(decide(this.#incidents.get(incidentId)));
    const incident = fold(events, this.#incidents.get(incidentId), revision);
    if (incident) this.#incidents.set(incidentId, incident);
    this.#revisions.set(incidentId, revision + events.length);
  }

  #change(alertId: string, to: Described): void {
    if (!this.incident?.alerts.has(alertId)) return;
    this.decide('1', updateAlert(alert(alertId, { ...to, reportRevision: this.#steps })));
  }

  #move(alertId: string, from: string, to: string): void {
    const moved = this.#incidents.get(from)?.alerts.get(alertId);
    if (!moved) return;
    this.decide(from, moveOut({ alertIds: [alertId], toIncidentId: to, ...because }));
    const transferId = String(this.#steps);
    this.decide(to, moveIn({ incidentId: to, fromIncidentId: from, transferId, alerts: [moved], ...because }));
  }

  #merge(): void {
    if (!this.incident) return;
    const [other, alertId] = [String(this.#steps + 9), `m${this.#steps % 3}`];
    this.decide(other, arrive(other, alert(`${alertId}-${this.#steps}`, this.described.get(alertId))));
    this.decide(other, merge({ toIncidentId: '1', ...because }));
    const from = this.#incidents.get(other)!;
    const { transferId, alerts } = from.redirect!;
    this.decide('1', absorb({ from, transferId, ...because }));
    const arriving = { incidentId: '1', fromIncidentId: other, transferId: `${transferId}/0`, ...because };
    this.decide('1', moveIn({ ...arriving, alerts: [...alerts.values()] }));
  }
}

const because = { comment: null, reasons: [] };

const someAlerts = fc
  .tuple(...[...ids, 'm0', 'm1', 'm2'].map((id) => aDescription.map((described) => [id, described] as const)))
  .map((entries) => new Map(entries));

describe('in whatever order alerts come, go, change and merge', () => {
  it('name and severity are those of an incident that these alerts open', () => {
    const names = new Set<string>();
    fc.assert(
      fc.property(someAlerts, fc.array(aStep, { minLength: 5, maxLength: 25 }), (described, steps) => {
        const coming = new Coming(described);
        for (const step of steps) {
          coming.step(step);
          const { incident } = coming;
          if (!incident || incident.alerts.size === 0) continue;
          const alerts = [...incident.alerts.values()].toSorted((one, other) => (one.alertId < other.alertId ? -1 : 1));
          const { displayName, severity } = given()
            .when(arrive('9', ...alerts))
            .thenIncident();
          expect(incident).toMatchObject({ displayName, severity, nameIsAutomatic: true });
          names.add(displayName);
        }
      }),
      { numRuns: 500 },
    );
    // Worth something only where names did change.
    expect(names.size).toBeGreaterThan(20);
  });

  it('a name that somebody gave stays', () => {
    fc.assert(
      fc.property(someAlerts, fc.array(aStep, { maxLength: 25 }), (described, steps) => {
        const coming = new Coming(described);
        coming.step({ does: 'come', alertId: 'a' });
        coming.decide('1', rename({ displayName: 'Ours' }));
        for (const step of steps) coming.step(step);
        expect(coming.incident).toMatchObject({ displayName: 'Ours', nameIsAutomatic: false });
      }),
    );
  });
});
