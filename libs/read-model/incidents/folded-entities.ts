import type { RecordedEvent } from '#event-store';
import type { AlertSummary, ImpactedAsset, IncidentEvent } from '#incidents';
import { alertsComing } from './alerts-coming.js';
import { assetOf, isGone } from './entity.js';
import type { Entity } from './entity.js';

/** Impacted assets that the row of an incident shows. */
export const assetsInRow = 20;

/**
 * All that the alerts of one incident are about, folded event by event. Each entity is a fold of its own, of the events that speak of it: one
 * that reflects an event already is not changed by it. What an event costs depends on what it says, not on how much is here.
 */
export class FoldedEntities {
  readonly #byKey: Map<string, Entity>;
  readonly #changed = new Set<Entity>();
  #assetCount = 0;
  /** The first keys of assets in order; undefined: to be looked for. */
  #first: string[] | undefined;
  /** Position of the last event here. */
  #position = -1n;

  constructor(entities: Iterable<Entity> = []) {
    this.#byKey = new Map(Array.from(entities, (entity) => [entity.key, entity]));
    for (const { alertCount } of this.#byKey.values()) if (alertCount > 0) this.#assetCount += 1;
  }

  /** How many there are, those that are gone included. */
  get size(): number {
    return this.#byKey.size;
  }

  get assetCount(): number {
    return this.#assetCount;
  }

  [Symbol.iterator](): IterableIterator<Readonly<Entity>> {
    return this.#byKey.values();
  }

  /** The first assets, in the order of their keys. */
  firstAssets(): ImpactedAsset[] {
    this.#first ??= this.#findFirst();
    return this.#first.map((key) => assetOf(this.#byKey.get(key)!));
  }

  /** Those that single events changed since this was asked last. What a merge ends is not among them, but for these. */
  takeChanged(): Entity[] {
    const changed = [...this.#changed];
    this.#changed.clear();
    return changed;
  }

  apply(event: RecordedEvent<IncidentEvent>): void {
    if (event.position <= this.#position) return;
    this.#position = event.position;
    if (event.type === 'IncidentMerged') return this.#end(event.position);
    const alerts = alertsComing(event);
    if (!alerts) return;
    const { position, metadata } = event;
    // First what comes: of an alert that is reported anew nothing is gone in between.
    for (const alert of alerts.coming) {
      const { firstActivityDateTime: from = metadata.at, lastActivityDateTime: to = metadata.at } = alert;
      for (const key of alert.entityKeys) this.#take(key, position, (entity) => mention(entity, from, to));
      for (const { key, name } of alert.assets)
        this.#take(key, position, (entity) => this.#join(seen(entity, from, to), name));
    }
    for (const alert of alerts.leaving) this.#leave(alert, position);
  }

  #leave(alert: AlertSummary, position: bigint): void {
    for (const key of alert.entityKeys) this.#take(key, position, (entity) => (entity.mentionCount -= 1));
    for (const { key } of alert.assets)
      this.#take(key, position, (entity) => {
        entity.alertCount -= 1;
        if (entity.alertCount === 0) this.#removed(key);
      });
  }

  /** An event may speak of an entity several times: it is open to all of them, and to none that it reflects. */
  #take(key: string, position: bigint, change: (entity: Entity) => void): void {
    const known = this.#byKey.get(key);
    if (known && (known.position > position || (known.position === position && !this.#changed.has(known)))) return;
    const entity = known ?? {
      key,
      name: null,
      mentionCount: 0,
      alertCount: 0,
      firstSeenDateTime: '',
      lastSeenDateTime: '',
      position,
    };
    if (!known) this.#byKey.set(key, entity);
    entity.position = position;
    this.#changed.add(entity);
    change(entity);
  }

  #join(entity: Entity, name: string): void {
    entity.name = name;
    entity.alertCount += 1;
    if (entity.alertCount === 1) this.#added(entity.key);
  }

  #end(position: bigint): void {
    for (const entity of this.#byKey.values()) {
      if (entity.position >= position) continue;
      Object.assign(entity, { mentionCount: 0, alertCount: 0, position });
    }
    this.#assetCount = 0;
    this.#first = undefined;
  }

  #added(key: string): void {
    this.#assetCount += 1;
    if (this.#first) insert(this.#first, key);
  }

  #removed(key: string): void {
    this.#assetCount -= 1;
    if (this.#first?.includes(key)) this.#first = undefined;
  }

  #findFirst(): string[] {
    const first: string[] = [];
    for (const { key, alertCount } of this.#byKey.values()) if (alertCount > 0) insert(first, key);
    return first;
  }
}

function mention(entity: Entity, from: string, to: string): void {
  seen(entity, from, to).mentionCount += 1;
}

function seen(entity: Entity, from: string, to: string): Entity {
  const begins = isGone(entity);
  if (begins || from < entity.firstSeenDateTime) entity.firstSeenDateTime = from;
  if (begins || to > entity.lastSeenDateTime) entity.lastSeenDateTime = to;
  return entity;
}

/** Into the first keys, where it belongs to them. */
function insert(first: string[], key: string): void {
  if (first.length === assetsInRow && key > first.at(-1)!) return;
  const place = first.findIndex((other) => other > key);
  first.splice(place === -1 ? first.length : place, 0, key);
  first.length = Math.min(first.length, assetsInRow);
}
