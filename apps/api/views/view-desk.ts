import { createHash } from 'node:crypto';
import type { DeciderRunner } from '#event-store';
import { streams, viewKey } from '#incidents';
import type { SavedViews, ViewEvent, ViewQuery, ViewRefusal } from '#incidents';
import { Problem } from '#platform';
import { Answer, positionText } from '../http/answer.js';
import type { Sent } from '../http/envelope.js';
import { refused } from '../http/problem-of.js';
import type { ListedView, ViewAnswer } from '../openapi/view-models.js';
import { builtInViews } from './built-in-views.js';

/** Keeps views in the log: what was saved is there at once, and survives every read model. */
export class ViewDesk {
  constructor(private readonly views: DeciderRunner<SavedViews, ViewEvent>) {}

  /** `owner`: whose it is; null: everybody's. Throws Problem where the domain refuses. */
  async decide(
    owner: string | null,
    name: string,
    { command }: Sent,
    decide: (views: SavedViews) => readonly ViewEvent[] | ViewRefusal,
  ): Promise<Answer<ViewAnswer>> {
    const execution = await this.views.execute<ViewRefusal>(streamOf(owner), command, decide);
    if (execution.outcome === 'refused') throw refused(execution.refusal);
    const { outcome, revision, position, events } = execution;
    return new Answer(
      { name, shared: owner === null, revision, position: positionText(position), events },
      outcome === 'repeated' ? { 'idempotency-replayed': 'true' } : {},
    );
  }

  /** What a caller can ask for by its name, of each kind in the order of names. */
  async all(caller: string): Promise<ListedView[]> {
    const [own, shared] = await Promise.all([this.savedOf(caller), this.savedOf(null)]);
    return [
      ...listed(own, 'own'),
      ...listed(shared, 'shared'),
      ...Object.entries(builtInViews).map(([name, query]) => ({ name, kind: 'builtIn' as const, query })),
    ];
  }

  /** What a view asks for: the caller's own goes before the one that all share, and that before the built-in one. */
  async queryOf(caller: string, name: string): Promise<ViewQuery> {
    const key = viewKey(name);
    const saved = (await this.savedOf(caller)).get(key) ?? (await this.savedOf(null)).get(key);
    const query = saved?.query ?? (Object.hasOwn(builtInViews, key) ? builtInViews[key] : undefined);
    if (!query) throw new Problem('unknown-view');
    return query;
  }

  private async savedOf(owner: string | null): Promise<SavedViews> {
    return (await this.views.load(streamOf(owner))).state;
  }
}

/** Ids of actors may be of any length and hold anything; names of streams may not. */
const streamOf = (owner: string | null): string =>
  streams.views(owner === null ? 'shared' : createHash('sha256').update(owner).digest('hex').slice(0, 32));

const listed = (views: SavedViews, kind: 'own' | 'shared'): ListedView[] =>
  [...views].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, view]) => ({ ...view, kind }));
