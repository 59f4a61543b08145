interface Metric {
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly labels: readonly string[];
  /** In Markdown, with the unit: the exposition and the documentation tell it alike. */
  readonly about: string;
  /** Upper bounds of a histogram's buckets. */
  readonly buckets?: readonly number[];
}

/** Every metric of Docket's own, by the names that Prometheus gets. */
export const metricsCatalogue = {
  docket_http_request_duration_seconds: {
    type: 'histogram',
    labels: ['method', 'route', 'status'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
    about:
      'seconds from a request to its answer, by method, pattern of the route (`none`: there is no such route) and class of status (`2xx`)',
  },
  docket_problems_total: {
    type: 'counter',
    labels: ['code'],
    about: 'requests that were answered by a problem, by its code: conflicts, refusals, stores that are away',
  },
  docket_live_connections: { type: 'gauge', labels: [], about: 'clients that follow a live stream' },
  docket_events_appended_total: { type: 'counter', labels: [], about: 'events that the store acknowledged' },
  docket_appends_total: {
    type: 'counter',
    labels: ['outcome'],
    about:
      'appends by outcome: `acknowledged`, or the kind of error; `WrongExpectedRevision` is a conflict, and mostly tried again',
  },
  docket_append_seconds_total: { type: 'counter', labels: [], about: 'seconds that appends took, together' },
  docket_projector_present: {
    type: 'gauge',
    labels: [],
    about: 'of an API without a projector of its own: 1 where one is at work elsewhere, else 0',
  },
  docket_projector_lease_held: {
    type: 'gauge',
    labels: [],
    about: '1 where this projector is at work, 0 where it stands by',
  },
  docket_projector_up: {
    type: 'gauge',
    labels: ['process'],
    about: '1 where the projection or process manager follows the log, else 0',
  },
  docket_projector_position: {
    type: 'gauge',
    labels: ['process'],
    about: 'position of the last event that it has handled',
  },
  docket_projector_lag_events: {
    type: 'gauge',
    labels: ['process'],
    about: 'events that it has yet to handle; left out where that is not known',
  },
  docket_projector_lag_seconds: {
    type: 'gauge',
    labels: ['process'],
    about: 'age in seconds of the oldest event that it has yet to handle; 0 where there is none',
  },
  docket_projector_parked: {
    type: 'gauge',
    labels: ['process'],
    about: 'incidents and alerts that the projection passes over, because an event of theirs cannot be projected',
  },
  docket_projector_batches_total: {
    type: 'counter',
    labels: ['process'],
    about: 'batches that it has handled since it began',
  },
  docket_projector_events_total: {
    type: 'counter',
    labels: ['process'],
    about: 'events that it has handled since it began; by its batches: the size of a batch',
  },
  docket_projector_handling_seconds_total: {
    type: 'counter',
    labels: ['process'],
    about: 'seconds that it took to handle them; by its batches: the time of a batch',
  },
} as const satisfies Record<string, Metric>;

export type MetricName = keyof typeof metricsCatalogue;
export const metricNames = Object.keys(metricsCatalogue) as MetricName[];

type OfType<Type extends Metric['type']> = {
  [Name in MetricName]: (typeof metricsCatalogue)[Name]['type'] extends Type ? Name : never;
}[MetricName];
export type CounterName = OfType<'counter'>;
export type HistogramName = OfType<'histogram'>;
/** What can be read off when somebody asks, and need not be counted along. */
export type FigureName = OfType<'counter' | 'gauge'>;
export type LabelOf<Name extends MetricName> = (typeof metricsCatalogue)[Name]['labels'][number];
