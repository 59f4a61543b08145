import type { AssetKind, ImpactedAsset } from '#incidents';
import { wordsOf } from '../queue/words.js';

/** One thing that the alerts of an incident are about: an identifier that they name, an impacted asset, or both. */
export interface Entity {
  /** `kind:identifier`, lower-cased. */
  readonly key: string;
  /** What the asset was called last; null where no alert has had it as an asset. */
  name: string | null;
  /** Alerts in the incident that name the identifier. */
  mentionCount: number;
  /** Alerts in the incident whose asset it is. */
  alertCount: number;
  /**
   * Earliest and latest activity of the alerts that brought it. An alert that leaves takes nothing back; when the last one has left, the entity
   * is gone, and begins anew with the next.
   */
  firstSeenDateTime: string;
  lastSeenDateTime: string;
  /** Position of the last event that spoke of it. */
  position: bigint;
}

/**
 * An entity of one incident in the collection `entities`. One that is gone stays as a tombstone, whose counts are 0: without it an event that
 * comes again would bring it back.
 */
export interface EntityDocument extends Readonly<Entity> {
  /** The incident's id, a space, the key. */
  readonly _id: string;
  readonly incidentId: string;
  readonly number: number;
  /** The key, where it is an impacted asset: what assets are listed and counted by. */
  readonly assetKey: string | null;
  /** The words of an asset's name. */
  readonly searchTokens: readonly string[];
}

export const isGone = ({ mentionCount, alertCount }: Entity): boolean => mentionCount === 0 && alertCount === 0;

export const entityId = (incidentId: string, key: string): string => `${incidentId} ${key}`;

export function documentOf(incidentId: string, entity: Entity): EntityDocument {
  return {
    _id: entityId(incidentId, entity.key),
    incidentId,
    number: Number(incidentId),
    ...entity,
    assetKey: entity.alertCount === 0 ? null : entity.key,
    searchTokens: entity.alertCount === 0 ? [] : [...new Set(wordsOf(entity.name ?? ''))],
  };
}

/** What is set where the last alert has left. */
export const gone = {
  mentionCount: 0,
  alertCount: 0,
  assetKey: null,
  searchTokens: [],
} satisfies Partial<EntityDocument>;

export function entityOf(document: EntityDocument): Entity {
  const { key, name, mentionCount, alertCount, firstSeenDateTime, lastSeenDateTime, position } = document;
  return { key, name, mentionCount, alertCount, firstSeenDateTime, lastSeenDateTime, position };
}

export const kindOf = (key: string): AssetKind => key.slice(0, key.indexOf(':')) as AssetKind;

export const assetOf = ({ key, name }: Pick<Entity, 'key' | 'name'>): ImpactedAsset => ({
  kind: kindOf(key),
  key,
  name: name ?? key,
});
