import type { DocketClient } from '../connection/docket-client.js';
import type { Counts } from './counts.js';
import type { ImportRequest } from './requests.js';

/** What is said to an incident and to all that came along, by POST /v1/incidents/import or by a dry run. */
export interface ImportAnswer {
  readonly incidentId: string | null;
  readonly outcome: 'imported' | 'completed' | 'unchanged' | 'readable';
  /** Place in the log, where something was written. */
  readonly position?: string;
  readonly adapted: readonly Adaptation[];
  readonly differences: readonly Difference[];
  readonly alerts: readonly AlertResult[];
  readonly comments: Counts;
}

export interface AlertResult {
  readonly id: string | null;
  readonly outcome: 'imported' | 'updated' | 'unchanged' | 'elsewhere' | 'refused' | 'waiting' | 'readable';
  readonly incidentId: string | null;
  readonly problem?: Readonly<Record<string, unknown>>;
}

/** What is not kept to the letter. */
export interface Adaptation {
  readonly property: string;
  readonly alertId?: string;
  readonly from: unknown;
  readonly to: unknown;
  readonly because: string;
}

/** What Docket has otherwise than a newer version of the source: Docket's stays. */
export interface Difference {
  readonly property: string;
  readonly alertId?: string;
  readonly here: unknown;
  readonly there: unknown;
}

/** Where incidents are brought. Throws ProblemAnswer where one is refused. */
export type Destination = (request: ImportRequest) => Promise<ImportAnswer>;

export const docketAt =
  (client: DocketClient): Destination =>
  (request) =>
    client.post<ImportAnswer>('/v1/incidents/import', request);
