import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { reasonOf } from '../connection/docket-client.js';
import { exitCodes } from '../exit-codes.js';
import { Refusal } from '../refusal.js';

export interface ExamplesOptions {
  /** Where the API answers, e.g. http://127.0.0.1:3000 */
  readonly api: string;
  /** A token for a person of the story, or for the connector. A name must always be the same actor: repetition depends on it. */
  readonly tokenFor: (name: string) => Promise<string>;
  /** `{ value: [incident, …] }` as Microsoft Graph answers it with `$expand=alerts`. The bundled story where not given. */
  readonly file?: string | URL;
  readonly onProgress?: (incidents: number, of: number) => void;
}

/** A step of the story was not carried out; the message says which, and what the API answered. */
export class ExampleNotLoaded extends Refusal {
  constructor(key: string, { path }: Step, what: string, options?: ErrorOptions) {
    super(`${key} (POST ${path}) ${what}. Load again: what is done is not done twice.`, exitCodes.failed, options);
    this.name = 'ExampleNotLoaded';
  }
}

/** Whoever opens the incidents and reports their alerts. */
export const connector = 'graph-connector';

interface Judged {
  readonly classification?: string | null;
  readonly determination?: string | null;
}
interface SourceComment {
  readonly comment: string;
  readonly createdByDisplayName: string;
  readonly createdDateTime: string;
}
interface SourceAlert extends Judged {
  readonly id: string;
  readonly status: string;
  readonly comments?: readonly SourceComment[];
}
interface SourceIncident extends Judged {
  readonly id: string;
  readonly status: string;
  readonly assignedTo?: string | null;
  readonly description?: string | null;
  readonly customTags?: readonly string[];
  readonly resolvingComment?: string | null;
  readonly comments?: readonly SourceComment[];
  readonly alerts: readonly SourceAlert[];
}

/** A request of the story. `name` is unique within its incident; `by` is who sends it. */
interface Step {
  readonly name: string;
  readonly by: string;
  readonly path: string;
  readonly body: object;
}
type Send = (incident: SourceIncident, step: Step) => Promise<{ readonly incidentId: string }>;

// This file is run from apps/cli/start and, compiled, from dist/apps/cli/start.
const root = import.meta.url.endsWith('.ts') ? '../../../' : '../../../../';
const bundled = new URL(`${root}examples/incidents.json`, import.meta.url);
const atOnce = 4;
const attempts = 8;
const timeoutMs = 30_000;

/**
 * Tells a docket the story of a file, as the people in it would: through the API alone. Every request has an Idempotency-Key made of
 * the source incident and the step, so that a load that was interrupted can be run again: it does what is left.
 * @throws ExampleNotLoaded at the first answer that is not 2xx, when the requests under way have ended
 */
export async function loadExamples({
  api,
  tokenFor,
  file = bundled,
  onProgress,
}: ExamplesOptions): Promise<{ incidents: number; alerts: number }> {
  const { value: incidents } = JSON.parse(await readFile(file, 'utf8')) as { value: readonly SourceIncident[] };
  const send = sender(api, tokenFor);

  // One after the other, so that a fresh docket numbers them as the file does.
  const opened: { incident: SourceIncident; incidentId: string }[] = [];
  for (const incident of incidents) {
    const { incidentId } = await send(incident, opening(incident));
    opened.push({ incident, incidentId });
  }

  let done = 0;
  await fewAtATime(opened, async ({ incident, incidentId }) => {
    for (const step of course(incident, incidentId)) await send(incident, step);
    onProgress?.(++done, incidents.length);
  });
  return { incidents: incidents.length, alerts: incidents.reduce((sum, { alerts }) => sum + alerts.length, 0) };
}

/** Without a name: Docket finds one. */
const opening = ({ description, customTags = [] }: SourceIncident): Step => ({
  name: 'open',
  by: connector,
  path: '/v1/incidents',
  body: { ...(description && { description }), customTags },
});

/** What happened to an incident once it was open, in an order in which every step finds what it needs. */
function* course(incident: SourceIncident, incidentId: string): Iterable<Step> {
  const { assignedTo, alerts, resolvingComment } = incident;
  const by = assignedTo ?? connector;
  const at = `/v1/incidents/${incidentId}`;
  const isOpen = incident.status !== 'resolved';

  for (const alert of alerts)
    yield { name: `alert-${alert.id}`, by: connector, path: '/v1/alerts', body: reported(alert, incidentId) };
  if (assignedTo) yield { name: 'assign', by, path: `${at}/assign`, body: { assignedTo: 'me' } };
  if (incident.status !== 'active') yield { name: 'start', by, path: `${at}/start`, body: {} };
  yield* comments(incident, at);

  for (const alert of isOpen ? alerts : []) {
    const { id, status } = alert;
    const path = alertPath(alert);
    if (status === 'inProgress') yield { name: `alert-${id}-start`, by, path: `${path}/start`, body: {} };
    if (status === 'resolved') yield { name: `alert-${id}-resolve`, by, path: `${path}/resolve`, body: judged(alert) };
  }

  if (!isOpen) {
    const body = { ...judged(incident), ...(resolvingComment && { comment: resolvingComment }) };
    yield { name: 'resolve', by, path: `${at}/resolve`, body };
  } else if ('classification' in judged(incident)) {
    yield { name: 'classify', by, path: `${at}/classify`, body: judged(incident) };
  }
}

/** Those on the incident and those on its alerts, in the order in which they were written. */
function comments(incident: SourceIncident, at: string): Step[] {
  const written = [{ name: 'comment', path: at, on: incident.comments ?? [] }];
  for (const alert of incident.alerts)
    written.push({ name: `alert-${alert.id}-comment`, path: alertPath(alert), on: alert.comments ?? [] });
  return written
    .flatMap(({ name, path, on }) => on.map((said, index) => ({ ...said, name: `${name}-${index + 1}`, path })))
    .sort((one, other) => Date.parse(one.createdDateTime) - Date.parse(other.createdDateTime))
    .map(({ name, path, comment, createdByDisplayName: by }) => ({
      name,
      by,
      path: `${path}/comments`,
      body: { comment },
    }));
}

const alertPath = ({ id }: SourceAlert): string => `/v1/alerts/${encodeURIComponent(id)}`;

/** What people did to the alert in the source: here they do it again. */
const doneByPeople = new Set([
  ...['status', 'assignedTo', 'classification', 'determination'],
  ...['resolvedDateTime', 'comments', 'incidentId'],
]);

/** The alert as it was when its product reported it. */
const reported = (alert: SourceAlert, incidentId: string): object => ({
  ...Object.fromEntries(Object.entries(alert).filter(([name]) => !doneByPeople.has(name))),
  status: 'new',
  incidentId,
});

/** Graph says null or `unknown` where nobody has judged. */
function judged({ classification, determination }: Judged): Judged {
  if (!classification || classification === 'unknown') return {};
  return determination && determination !== 'unknown' ? { classification, determination } : { classification };
}

function sender(api: string, tokenFor: ExamplesOptions['tokenFor']): Send {
  return async ({ id }, step) => {
    const key = `example-${id}-${step.name}`;
    for (let attempt = 1; ; attempt++) {
      const response = await fetch(new URL(step.path, api), {
        method: 'POST',
        headers: {
          authorization: `Bearer ${await tokenFor(step.by)}`,
          'content-type': 'application/json',
          'idempotency-key': key,
        },
        body: JSON.stringify(step.body),
        signal: AbortSignal.timeout(timeoutMs),
      }).catch((cause: unknown) => {
        throw new ExampleNotLoaded(key, step, `did not reach ${api}: ${reasonOf(cause)}`, { cause });
      });
      const answer = (await response.json().catch(() => ({}))) as { incidentId?: string | null; detail?: string };
      if (response.ok && answer.incidentId) return { incidentId: answer.incidentId };

      // An alert that is safe but has no incident yet is asked for again: later steps would not find it.
      const mayChange = response.ok || response.status === 503 || response.status === 504;
      if (!mayChange || attempt === attempts) {
        const what = response.ok
          ? 'without an incident: does the projector run?'
          : (answer.detail ?? 'no problem given');
        throw new ExampleNotLoaded(key, step, `was answered ${response.status}: ${what.replace(/\.$/, '')}`);
      }
      await sleep(1_000 * Number(response.headers.get('retry-after') ?? 0.2));
    }
  };
}

/** At the first failure nothing new is begun; it is thrown when what is under way has ended. */
async function fewAtATime<T extends object>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const left = [...items];
  const failures: unknown[] = [];
  const lane = async () => {
    for (let item = left.shift(); item && failures.length === 0; item = left.shift())
      await work(item).catch((error: unknown) => failures.push(error));
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  if (failures.length > 0) throw failures[0];
}
