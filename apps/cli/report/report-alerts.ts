import { ProblemAnswer } from '../connection/docket-client.js';
import type { DocketClient } from '../connection/docket-client.js';
import type { ExportedFile, Row } from '../import/reading/exported-file.js';
import type { Place } from '../import/reading/row-scanner.js';
import type { AlertRows } from './alert-rows.js';
import { batches } from './batches.js';
import type { AlertRow } from './batches.js';
import { IncidentIds } from './incident-ids.js';

/** What became of one alert of the file. */
export interface AlertResult {
  readonly place: Place;
  readonly id: string | null;
  readonly outcome: 'reported' | 'updated' | 'unchanged' | 'refused' | 'not sent';
  readonly incidentId: string | null;
  readonly problem?: Readonly<Record<string, unknown>>;
  /** The incident that its product has it in is resolved here: it was correlated instead. */
  readonly resolved?: string;
}

export interface Reported {
  /** In the order of the file. */
  readonly results: readonly AlertResult[];
  /** Why it ended before all were sent. */
  readonly stopped: unknown;
}

export interface Reporting {
  readonly client: DocketClient;
  /** Whose incident ids the alerts have; undefined: they are Docket's own. */
  readonly source: string | undefined;
  readonly reached?: (alerts: number) => void;
}

/** What POST /v1/alerts says of each alert. */
type Answer =
  | { readonly status: 'reported' | 'updated' | 'unchanged'; readonly id: string; readonly incidentId: string | null }
  | { readonly status: 'refused'; readonly id: string | null; readonly problem: Readonly<Record<string, unknown>> };

/** Reports the alerts of a file in their order. One that is refused does not stop the others; where nobody answers it ends. */
export async function reportAlerts(
  file: ExportedFile,
  { alerts }: Pick<AlertRows, 'alerts'>,
  { client, source, reached = () => undefined }: Reporting,
): Promise<Reported> {
  const ids = source === undefined ? undefined : new IncidentIds(client, source);
  const results: AlertResult[] = [];
  let stopped: unknown;
  try {
    for await (const batch of batches(file, alerts)) {
      results.push(...(await reportBatch(batch, client, ids)));
      reached(results.length);
    }
  } catch (error) {
    stopped = error;
  }
  const rest = alerts.slice(results.length);
  const notSent = rest.map((place): AlertResult => ({ place, id: null, outcome: 'not sent', incidentId: null }));
  return { results: [...results, ...notSent], stopped };
}

async function reportBatch(
  rows: readonly AlertRow[],
  client: DocketClient,
  ids: IncidentIds | undefined,
): Promise<AlertResult[]> {
  const addressed = ids ? await translated(rows, ids) : rows;
  const results = await send(addressed, client);
  const isTurnedAway = ({ problem }: AlertResult) => problem?.type === 'urn:docket:problem:incident-resolved';
  const again = ids ? addressed.filter((_, index) => isTurnedAway(results[index]!)) : [];
  if (again.length === 0) return results;

  const free = again.map(({ place, alert }) => ({ place, alert: { ...alert, incidentId: undefined } }));
  const second = (await send(free, client)).values();
  return results.map((result, index) => {
    const resolved = addressed[index]!.alert.incidentId as string;
    return isTurnedAway(result) ? { ...second.next().value!, resolved } : result;
  });
}

/**
 * An alert's `incidentId` is the product's. Where that incident was imported the alert goes there, else Docket finds one for it; the
 * product's id stays with the alert.
 */
async function translated(rows: readonly AlertRow[], ids: IncidentIds): Promise<AlertRow[]> {
  const known = await ids.of(rows.flatMap(({ alert }) => externalIdOf(alert) ?? []));
  return rows.map(({ place, alert }) => {
    const externalIncidentId = externalIdOf(alert);
    if (externalIncidentId === undefined) return { place, alert: withoutRounded(alert) };
    return { place, alert: { ...alert, externalIncidentId, incidentId: known.get(externalIncidentId) ?? undefined } };
  });
}

const externalIdOf = ({ incidentId }: Row): string | undefined =>
  (typeof incidentId === 'string' && incidentId !== '') || Number.isSafeInteger(incidentId)
    ? String(incidentId)
    : undefined;

/** A number that was rounded is that of another incident. */
const withoutRounded = (alert: Row): Row =>
  typeof alert.incidentId === 'number' ? { ...alert, incidentId: undefined } : alert;

async function send(rows: readonly AlertRow[], client: DocketClient): Promise<AlertResult[]> {
  try {
    const alerts = rows.map(({ alert }) => alert);
    const { value } = await client.post<{ value: readonly Answer[] }>('/v1/alerts', alerts);
    return rows.map(({ place }, index) => resultOf(place, value[index]!));
  } catch (error) {
    if (!(error instanceof ProblemAnswer) || ![400, 413, 422].includes(error.status)) throw error;
    const { problem } = error;
    return rows.map(({ place, alert }) => resultOf(place, { status: 'refused', id: idOf(alert), problem }));
  }
}

function resultOf(place: Place, answer: Answer): AlertResult {
  const { id, status: outcome } = answer;
  return 'problem' in answer
    ? { place, id, outcome, incidentId: null, problem: answer.problem }
    : { place, id, outcome, incidentId: answer.incidentId };
}

const idOf = ({ id }: Row): string | null => (typeof id === 'string' ? id : null);
