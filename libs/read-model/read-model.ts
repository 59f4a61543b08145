import type { Db } from 'mongodb';
import type { AlertDocument } from './alerts/alert-document.js';
import { alertPage } from './alerts/alert-list.js';
import type { AlertListQuery, AlertPage } from './alerts/alert-list.js';
import { assetPage } from './incidents/asset-list.js';
import type { AssetListQuery, AssetPage } from './incidents/asset-list.js';
import { GenerationDropped, Served } from './generations/served.js';
import type { IncidentDocument } from './incidents/incident-document.js';
import { createIndexes } from './indexes.js';
import { metricsSummary } from './metrics/summary.js';
import type { MetricsQuery, MetricsSummary } from './metrics/summary.js';
import { listParked, requestUnpark } from './parking/parked.js';
import { shownAlert, shownIncident } from './parking/shown.js';
import type { Parked } from './parking/parked.js';
import { queuePage } from './queue/queue.js';
import type { QueuePage, QueueQuery } from './queue/queue.js';
import { queueChanges } from './queue/queue-changes.js';
import type { ChangesQuery, QueueChanges } from './queue/queue-changes.js';
import type { QueueFilter } from './queue/queue-query.js';
import { countFacets } from './queue/facets.js';
import type { FacetProperty, Facets } from './queue/facets.js';
import { tagList } from './tags/tag-list.js';
import type { TagList, TagListQuery } from './tags/tag-list.js';
import { recentIncidents } from './incidents/recent-incidents.js';
import type { RecentIncident } from './incidents/recent-incidents.js';

/**
 * What queries read and projections write. Everything it answers may lag behind the log; whoever must see a position waits for it
 * first with `checkpoints.reached`. It exists in generations, of which one serves (see `Served`); its callers need not know. Whoever
 * projects and waits in one thread should share one of it.
 */
export class ReadModel {
  private constructor(readonly served: Served) {}

  static async open(db: Db): Promise<ReadModel> {
    return new ReadModel(await Served.open(db));
  }

  /** Of the generation that serves. */
  get checkpoints(): Served['checkpoints'] {
    return this.served.checkpoints;
  }

  /** Creates the indexes that are missing. To be awaited before the first query. */
  prepare(): Promise<void> {
    return createIndexes(this.served.generation.collections);
  }

  /** Reads the projection `incidents`. Throws InvalidCursor. */
  queue(query: QueueQuery): Promise<QueuePage> {
    return this.served.read(({ collections, checkpoints }) => queuePage(collections, checkpoints, query));
  }

  /** Reads the projection `incidents`. Throws InvalidCursor. */
  queueChanges(query: ChangesQuery): Promise<QueueChanges> {
    return this.served.read(({ collections, checkpoints }) => queueChanges(collections, checkpoints, query));
  }

  /** Reads the projection `incidents`. */
  facets(filter: QueueFilter, properties: readonly FacetProperty[]): Promise<Facets> {
    return this.served.read(({ collections }) => countFacets(collections, filter, properties));
  }

  /** Reads the projection `incidents`. */
  tags(query?: TagListQuery): Promise<TagList> {
    return this.served.read(({ collections, checkpoints }) => tagList(collections, checkpoints, query));
  }

  /** Reads the projection `incidents`; null: unknown, or not shown yet. Throws IsParked. */
  incident(incidentId: string): Promise<IncidentDocument | null> {
    return this.served.read(({ collections }) => shownIncident(collections, incidentId));
  }

  /** Reads the projection `incidents`. Throws InvalidCursor, IsParked. */
  assetsOf(incidentId: string, query?: AssetListQuery): Promise<AssetPage> {
    return this.served.read(({ collections, checkpoints }) => assetPage(collections, checkpoints, incidentId, query));
  }

  /** Reads the projection `alerts`. Throws InvalidCursor, IsParked. */
  alertsOf(incidentId: string, query?: AlertListQuery): Promise<AlertPage> {
    return this.served.read(({ collections, checkpoints }) => alertPage(collections, checkpoints, incidentId, query));
  }

  /** Reads the projection `alerts`; null: unknown, or not shown yet. Throws IsParked. */
  alert(alertId: string): Promise<AlertDocument | null> {
    return this.served.read(({ collections }) => shownAlert(collections, alertId));
  }

  /**
   * The incident that an alert was last seen in, from where its way can be followed; undefined: not known yet. Reads the projection
   * `alerts`.
   */
  async whereabouts(alertId: string): Promise<string | undefined> {
    const alert = await this.served.read(({ collections: { alerts } }) => alerts.findOne({ _id: { $eq: alertId } }));
    return alert?.departedFrom ?? alert?.incidentId ?? undefined;
  }

  /**
   * Those that are not redirected and have changed since then, the longest unchanged first. Reads the projection `incidents`. Throws
   * GenerationDropped.
   */
  async *recentIncidents(since: Date): AsyncGenerator<RecentIncident> {
    const generation = await this.served.current();
    yield* recentIncidents(generation.collections, since);
    if (!(await this.served.keeps(generation))) throw new GenerationDropped();
  }

  /** What projections pass over, longest parked first: nothing, nearly always. */
  parked(): Promise<readonly Parked[]> {
    return this.served.read(({ collections }) => listParked(collections.parked));
  }

  /** Asks the projector to fold anew what is parked under this id, of an incident or an alert; resolves with how many that are. */
  requestUnpark(id: string): Promise<number> {
    return this.served.read(({ collections }) => requestUnpark(collections.parked, id));
  }

  /** Reads the projection `metrics`. Throws ProjectionBehind. */
  metrics(query: MetricsQuery): Promise<MetricsSummary> {
    return this.served.read(({ collections, checkpoints }) => metricsSummary(collections, checkpoints, query));
  }
}
