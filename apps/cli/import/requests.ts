import type { Row } from './reading/exported-file.js';
import type { United } from './united.js';

/** A body of POST /v1/incidents/import. */
export interface ImportRequest {
  readonly source: string;
  readonly incident: Row & { readonly alerts: readonly unknown[] };
}

/** Limits of one request; bytes are those of the API, less what stands around the alerts. */
export const largest = { bytes: 16 * 1_024 * 1_024 - 4_096, alerts: 1_000 };

/**
 * The requests that bring an incident along: one, or several with the same incident where its alerts are too many for one. The comments
 * of the incident go with the first, so that each counts once.
 */
export function* requestsOf(
  { incident, alerts }: Pick<United, 'incident' | 'alerts'>,
  source: string,
  limits = largest,
) {
  let base = incident;
  let along: unknown[] = [];
  let bytes = bytesOf(base);
  for (const alert of alerts) {
    const size = bytesOf(alert) + 1;
    if (along.length > 0 && (along.length === limits.alerts || bytes + size > limits.bytes)) {
      yield { source, incident: { ...base, alerts: along } } satisfies ImportRequest;
      base = { ...incident, comments: undefined };
      along = [];
      bytes = bytesOf(base);
    }
    along.push(alert);
    bytes += size;
  }
  yield { source, incident: { ...base, alerts: along } } satisfies ImportRequest;
}

const bytesOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value) ?? '');
