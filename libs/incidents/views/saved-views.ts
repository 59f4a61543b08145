import type { ViewEvent, ViewQuery } from '../events.js';
import { limits } from '../vocabulary.js';

export interface SavedView {
  /** As it was spelt when it was saved last. */
  readonly name: string;
  readonly query: ViewQuery;
  /** Name of whoever saved it last. */
  readonly savedBy: string;
  readonly savedDateTime: string;
}

/** The views of one actor, or those that all share, by the key of their names: the fold of stream `views-<whose>`. */
export type SavedViews = ReadonlyMap<string, SavedView>;

/** Two spellings of the same name have the same key. */
export const viewKey = (name: string): string => name.trim().toLowerCase();

export const viewsDecider = {
  initial: (): SavedViews => new Map(),
  evolve(state: SavedViews, { metadata, ...event }: ViewEvent & Saved): SavedViews {
    const views = state as Map<string, SavedView>;
    if (event.type === 'ViewRemoved') views.delete(viewKey(event.data.name));
    else if (event.type === 'ViewSaved') {
      const { name, query } = event.data;
      views.set(viewKey(name), { name, query, savedBy: metadata.actor.name, savedDateTime: metadata.at });
    }
    return views;
  },
};

interface Saved {
  readonly metadata: { readonly actor: { readonly name: string }; readonly at: string };
}

export type ViewRefusal =
  { readonly refused: 'unknown-view' } | { readonly refused: 'too-many-views'; readonly limit: number };

/** A name that is there gets the new query, and the new spelling. */
export const saveView =
  (name: string, query: ViewQuery) =>
  (views: SavedViews): readonly ViewEvent[] | ViewRefusal => {
    const known = views.get(viewKey(name));
    if (!known && views.size >= limits.views) return { refused: 'too-many-views', limit: limits.views };
    if (known?.name === name.trim() && isSame(known.query, query)) return [];
    return [{ type: 'ViewSaved', data: { name: name.trim(), query, previous: known?.query ?? null } }];
  };

export const removeView =
  (name: string) =>
  (views: SavedViews): readonly ViewEvent[] | ViewRefusal => {
    const known = views.get(viewKey(name));
    if (!known) return { refused: 'unknown-view' };
    return [{ type: 'ViewRemoved', data: { name: known.name, previous: known.query } }];
  };

const isSame = (one: ViewQuery, other: ViewQuery): boolean => sorted(one) === sorted(other);

const sorted = (query: ViewQuery): string =>
  JSON.stringify(Object.entries(query).sort(([one], [other]) => (one < other ? -1 : 1)));
