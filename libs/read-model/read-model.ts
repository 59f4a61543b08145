import type { Db } from 'mongodb';
import type { AlertDocument } from './alert-document.js';
import { alertPage } from './alert-list.js';
import type { AlertListQuery, AlertPage } from './alert-list.js';
import { AlertsProjection } from './alerts-projection.js';
import { assetPage } from './asset-list.js';
import type { AssetListQuery, AssetPage } from './asset-list.js';
import { Checkpoints } from './checkpoints.js';
import { collectionsOf } from './collections.js';
import type { Collections } from './collections.js';
import type { IncidentDocument } from './incident-document.js';
import { IncidentsProjection } from './incidents-projection.js';
import { createIndexes } from './indexes.js';
import { listParked, requestUnpark } from './parking/parked.js';
import type { Parked } from './parking/parked.js';
import type { Projection } from './projection.js';
import { queuePage } from './queue.js';
import type { QueuePage, QueueQuery } from './queue.js';
import { recentIncidents } from './recent-incidents.js';
import type { RecentIncident } from './recent-incidents.js';

/**
 * What queries read and projections write. Everything it answers may lag behind the log; whoever must see a position waits for it
 * first with `checkpoints.reached`. Whoever projects and waits in one thread should share one of it.
 */
export class ReadModel {
  readonly checkpoints: Checkpoints;
  readonly projections: readonly Projection[];
  readonly #collections: Collections;

  constructor(db: Db) {
    this.#collections = collectionsOf(db);
    this.checkpoints = new Checkpoints(this.#collections);
    this.projections = [new IncidentsProjection(this.#collections), new AlertsProjection(this.#collections)];
  }

  /** Creates the indexes that are missing. To be awaited before the first query. */
  prepare(): Promise<void> {
    return createIndexes(this.#collections);
  }

  /** Reads the projection `incidents`. Throws InvalidCursor. */
  queue(query: QueueQuery): Promise<QueuePage> {
    return queuePage(this.#collections, this.checkpoints, query);
  }

  /** Reads the projection `incidents`; null: unknown, or not shown yet. */
  incident(incidentId: string): Promise<IncidentDocument | null> {
    return this.#collections.incidents.findOne({ _id: { $eq: incidentId } });
  }

  /** Reads the projection `incidents`. Throws InvalidCursor. */
  assetsOf(incidentId: string, query?: AssetListQuery): Promise<AssetPage> {
    return assetPage(this.#collections, incidentId, query);
  }

  /** Reads the projection `alerts`. Throws InvalidCursor. */
  alertsOf(incidentId: string, query?: AlertListQuery): Promise<AlertPage> {
    return alertPage(this.#collections, incidentId, query);
  }

  /** Reads the projection `alerts`; null: unknown, or not shown yet. */
  alert(alertId: string): Promise<AlertDocument | null> {
    return this.#collections.alerts.findOne({ _id: { $eq: alertId } });
  }

  /**
   * The incident that an alert was last seen in, from where its way can be followed; undefined: not known yet. Reads the projection
   * `alerts`.
   */
  async whereabouts(alertId: string): Promise<string | undefined> {
    const alert = await this.alert(alertId);
    return alert?.departedFrom ?? alert?.incidentId ?? undefined;
  }

  /** Those that are not redirected and have changed since then, the longest unchanged first. Reads the projection `incidents`. */
  recentIncidents(since: Date): AsyncIterable<RecentIncident> {
    return recentIncidents(this.#collections, since);
  }

  /** What projections pass over, longest parked first: nothing, nearly always. */
  parked(): Promise<readonly Parked[]> {
    return listParked(this.#collections.parked);
  }

  /** Asks the projector to fold anew what is parked under this id, of an incident or an alert; resolves with how many that are. */
  requestUnpark(id: string): Promise<number> {
    return requestUnpark(this.#collections.parked, id);
  }
}
