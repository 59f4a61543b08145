import type { Entry } from './entry.js';

/** What makes the system find the name, the severity and the tags of an incident anew. */
const causes: Readonly<Record<string, readonly [one: string, several: string]>> = {
  AlertAdded: ['an alert came', 'alerts came'],
  AlertMovedIn: ['alerts came', 'alerts came'],
  AlertMovedOut: ['alerts left', 'alerts left'],
  AlertUpdated: ['an alert was reported anew', 'alerts were reported anew'],
};

const effects = new Set([
  'IncidentNamedAutomatically',
  'IncidentSeverityChanged',
  'IncidentTagged',
  'IncidentUntagged',
]);

/** Why the system did something: what stands in the history with the same command. */
export class Causes {
  readonly #revisions = new Map<string, { readonly type: string; readonly first: number; readonly last: number }>();

  note({ commandId, type, revision }: Entry): void {
    if (!Object.hasOwn(causes, type)) return;
    const { first, last } = this.#revisions.get(commandId) ?? { first: revision, last: revision };
    this.#revisions.set(commandId, { type, first: Math.min(first, revision), last: Math.max(last, revision) });
  }

  /** Null where it has none of those that were noted. */
  of({ commandId, type }: Entry): string | null {
    const cause = effects.has(type) ? this.#revisions.get(commandId) : undefined;
    if (!cause) return null;
    const [one, several] = causes[cause.type]!;
    const { first, last } = cause;
    return first === last ? `${one} (entry ${first})` : `${several} (entries ${first} to ${last})`;
  }
}
