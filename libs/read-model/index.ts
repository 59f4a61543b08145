export { ReadModel } from './read-model.js';
export { collectionsOf, connectMongo } from './collections.js';
export type { ReadModelConnection } from './collections.js';

export { presentIncident } from './incidents/incident-document.js';
export type { IncidentDocument, PresentedIncident } from './incidents/incident-document.js';
export { withSearchFields } from './queue/incident-search.js';
export { documentOf } from './incidents/entity.js';
export type { Entity, EntityDocument } from './incidents/entity.js';
export { alertChanges, reportedAlert } from './alerts/alert-changes.js';
export { presentAlert } from './alerts/alert-document.js';
export type { AlertDocument, PresentedAlert } from './alerts/alert-document.js';

export { facetProperties, queueFilters, queueSorts } from './queue/queue-query.js';
export type { QueueFilter, QueueSort } from './queue/queue-query.js';
export type { QueuePage, QueueQuery } from './queue/queue.js';
export type { ChangesQuery, QueueChanges } from './queue/queue-changes.js';
export type { Facet, FacetProperty, FacetValue, Facets } from './queue/facets.js';
export type { ListedTag, TagList, TagListQuery } from './tags/tag-list.js';
export type { AssetListQuery, AssetPage, ListedAsset } from './incidents/asset-list.js';
export type { AlertListQuery, AlertPage } from './alerts/alert-list.js';
export type { RecentIncident } from './incidents/recent-incidents.js';
export { InvalidCursor, mostCursor } from './cursor.js';

export { countDays, dayAfter } from './metrics/days.js';
export type { Durations } from './metrics/durations.js';
export type { Frequent, Judged, JudgedBy, MetricsQuery, MetricsSummary } from './metrics/summary.js';

export { historyPage } from './history/history.js';
export type { HistoryPage, HistoryQuery } from './history/history.js';
export { incidentIdOf } from './events-of.js';
export { historyEntry } from './history/history-entry.js';
export type { Change, HistoryEntry } from './history/history-entry.js';
export { incidentAt } from './incidents/as-of.js';
export type { Moment } from './incidents/as-of.js';

export { FoldedEntities } from './incidents/folded-entities.js';
export { FoldedIncident } from './incidents/folded-incident.js';
export { IsParked } from './parking/parked.js';
export type { Parked } from './parking/parked.js';
export { RebuildGivenUp, RebuildUnderWay, rebuild } from './rebuild/rebuild.js';
export type { Rebuilt, RebuildOptions, Step as RebuildStep } from './rebuild/rebuild.js';
export { fill } from './rebuild/fill.js';
export type { Comparison } from './rebuild/compare.js';
export { TooMuchParked } from './parking/parking-projection.js';
export { projectionNames } from './projection.js';
export type { Projection, ProjectionName } from './projection.js';
export { isStoreAway } from './store-away.js';
export { Checkpoints, ProjectionBehind } from './checkpoints.js';
export { startProjection } from './projector.js';
export { ReadModelOfAnotherLog, assertMadeFrom } from './made-from.js';
export { GenerationDropped, Served } from './generations/served.js';
export { Caretaker } from './generations/caretaker.js';
export { Generation } from './generations/generation.js';
export { createIndexes } from './indexes.js';
export { Lease, LeaseWatch } from './lease.js';
export type { LeaseDocument, Sighting } from './lease.js';
