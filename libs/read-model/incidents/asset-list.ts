import { streams } from '#incidents';
import type { AssetKind } from '#incidents';
import type { Checkpoints } from '../checkpoints.js';
import type { Collections } from '../collections.js';
import { openCursor, sealCursor } from '../cursor.js';
import { assetOf } from './entity.js';
import type { EntityDocument } from './entity.js';
import { IsParked, assertNotParked } from '../parking/parked.js';
import { shownUpTo } from '../shown-up-to.js';

export interface AssetListQuery {
  readonly kind?: AssetKind | undefined;
  /** 1 to 200, default 50. */
  readonly limit?: number | undefined;
  readonly cursor?: string | undefined;
}

export interface ListedAsset {
  readonly kind: AssetKind;
  readonly key: string;
  readonly name: string;
  readonly alertCount: number;
  readonly firstSeenDateTime: string;
  readonly lastSeenDateTime: string;
}

export interface AssetPage {
  readonly value: ListedAsset[];
  readonly nextCursor: string | null;
  /** As of page one. */
  readonly total: number;
  /** What it reflected at least. */
  readonly position: bigint;
}

interface Place {
  readonly key: string;
  readonly total: number;
}

/** The impacted assets of an incident by kind and key, which begins with the kind. Throws InvalidCursor, IsParked. */
export async function assetPage(
  { incidents, entities, parked }: Pick<Collections, 'incidents' | 'entities' | 'parked'>,
  checkpoints: Checkpoints,
  incidentId: string,
  { kind, limit = 50, cursor }: AssetListQuery = {},
): Promise<AssetPage> {
  const query = { assetsOf: incidentId, kind };
  const place = cursor === undefined ? undefined : openCursor(query, cursor, isPlace);
  const { position } = await shownUpTo({ parked }, checkpoints, 'incidents');
  // `;` is what follows `:`.
  const keys = kind === undefined ? { $gt: '' } : { $gte: `${kind}:`, $lt: `${kind};` };
  const assets = { incidentId: { $eq: incidentId }, assetKey: keys };
  const isParked = { _id: { $eq: incidentId }, parked: { $eq: true as const } };
  const [rows, total, parkedRow] = await Promise.all([
    entities
      .find(place ? { ...assets, assetKey: { ...keys, $gt: place.key } } : assets)
      .sort({ incidentId: 1, assetKey: 1 })
      .limit(limit + 1)
      .toArray(),
    place?.total ?? entities.countDocuments(assets),
    incidents.findOne(isParked, { projection: { _id: 1 } }),
  ]);
  const stream = streams.incident(incidentId);
  if (parkedRow) throw new IsParked(stream);
  if (rows.length === 0) await assertNotParked(parked, 'incidents', stream);
  const value = rows.slice(0, limit).map(listed);
  const last = value.at(-1);
  const next = rows.length > limit && last ? sealCursor(query, { key: last.key, total: Number(total) }) : null;
  return { value, nextCursor: next, total: Number(total), position };
}

function listed(document: EntityDocument): ListedAsset {
  const { alertCount, firstSeenDateTime, lastSeenDateTime } = document;
  return { ...assetOf(document), alertCount, firstSeenDateTime, lastSeenDateTime };
}

function isPlace(place: unknown): place is Place {
  const { key, total } = (place ?? {}) as Record<string, unknown>;
  return typeof key === 'string' && typeof total === 'number';
}
