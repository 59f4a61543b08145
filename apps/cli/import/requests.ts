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
 * of the incident go with the first, so that each counts once. An alert that is too large for any request is alone in
 * one, to be refused without the others.
 */
export function* requestsOf(
  { incident, alerts }: Pick<United, 'incident' | 'alerts'>,
  source: string,
  limits = largest,
): Generator<ImportRequest, void, void> {
  let base = incident;
  let along: unknown[] = [];
  let bytes = bytesOf(base);
  for (const alert of alerts) {
    const size = bytesOf(alert) + 1;
    const isFull = along.length === limits.alerts || bytes + size > limits.bytes;
    if (isFull && (along.length > 0 || base === incident)) {
      yield { source, incident: { ...base, alerts: along } };
      base = { ...incident, comments: undefined };
      along = [];
      bytes = bytesOf(base);
    }
    along.push(alert);
    bytes += size;
  }
  if (along.length > 0 || base === incident) yield { source, incident: { ...base, alerts: along } };
}

const bytesOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value) ?? '');
