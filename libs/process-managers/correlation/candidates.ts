/** An incident that is not resolved and is about something that an alert is about. */
export interface Candidate {
  readonly incidentId: string;
  /** The key that both share. */
  readonly entity: string;
  /** ISO 8601: when the incident last changed. */
  readonly lastUpdateDateTime: string;
}

/** What the read model knows of such incidents, the most recently updated first. It may lag behind. */
export interface CorrelationIndex {
  candidates(query: { readonly entityKeys: readonly string[]; readonly since: Date }): Promise<readonly Candidate[]>;
  /** Resolves when the index has seen the event at `position`. */
  reached(position: bigint): Promise<void>;
}
