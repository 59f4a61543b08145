import type { AlertSummary } from './alert-report.js';
import { inSight, inWords } from './automatic-name-words.js';
import { Tally } from './tally.js';
import type { Distinct } from './tally.js';

/** The attributes of alerts that an incident's name and severity depend on. */
const attributes = {
  titles: (alert) => said(inSight(alert.title)),
  severities: (alert) => [alert.severity],
  categories: (alert) => said(inWords(alert.category ?? '')),
  serviceSources: (alert) => said(alert.serviceSource),
  detectionSources: (alert) => said(alert.detectionSource),
  devices: (alert) => alert.assets.filter(({ kind }) => kind === 'device').map(({ key }) => key),
  users: (alert) => alert.assets.filter(({ kind }) => kind === 'user').map(({ key }) => key),
} satisfies Record<string, (alert: AlertSummary) => string[]>;

function said(value: string | null): string[] {
  return value === null || value === '' ? [] : [value];
}

type Attribute = keyof typeof attributes;
const names = Object.keys(attributes) as Attribute[];

export type Profile = Readonly<Record<Attribute, Distinct>> & { readonly alerts: number };

export interface Change {
  readonly coming?: readonly AlertSummary[];
  readonly leaving?: readonly AlertSummary[];
}

/** Keeps, for the alerts of one incident, how often each value of each attribute occurs. */
export class AlertProfile {
  #alerts = 0;
  readonly #tallies = Object.fromEntries(names.map((name) => [name, new Tally()])) as Record<Attribute, Tally>;

  add(alert: AlertSummary): void {
    this.#alerts += 1;
    for (const name of names) attributes[name](alert).forEach((value) => this.#tallies[name].add(value));
  }

  remove(alert: AlertSummary): void {
    this.#alerts -= 1;
    for (const name of names) attributes[name](alert).forEach((value) => this.#tallies[name].remove(value));
  }

  /** What the profile would be after `change`; nothing is changed by asking. */
  after({ coming = [], leaving = [] }: Change = {}): Profile {
    const distinct = Object.fromEntries(
      names.map((name) => [
        name,
        this.#tallies[name].after({
          coming: coming.flatMap(attributes[name]),
          leaving: leaving.flatMap(attributes[name]),
        }),
      ]),
    ) as Record<Attribute, Distinct>;
    return { ...distinct, alerts: this.#alerts + coming.length - leaving.length };
  }
}
