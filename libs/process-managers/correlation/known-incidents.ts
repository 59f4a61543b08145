/** An incident that is not redirected, as it stood at `revision`. */
export interface KnownIncident {
  readonly incidentId: string;
  /** Of the last event of its stream that this reflects. */
  readonly revision: number;
  /** Whether it may take alerts: a resolved one is not open, and may be reopened. */
  readonly isOpen: boolean;
  /** ISO 8601: when it last changed. */
  readonly lastUpdateDateTime: string;
  readonly alertCount: number;
  /** What its alerts are about, and how many are about each. */
  readonly entities: Iterable<readonly [key: string, alerts: number]>;
}

/** What the correlation index begins with: the read model, which is itself made from the log. */
export interface KnownIncidents {
  /** Resolves when it has seen the event at `position`. */
  reached(position: bigint): Promise<void>;
  /** Those that have changed since then, the longest unchanged first. */
  changedSince(since: Date): AsyncIterable<KnownIncident>;
}
