/** Every problem that Docket answers with, by its code. The set is closed; `advice` says what to do where nothing more exact is known. */
export const problems = {
  // ── the request itself ──
  'malformed-json': { status: 400, title: 'The body is not JSON', advice: 'Send one JSON document in UTF-8.' },
  'invalid-request': {
    status: 400,
    title: 'The request is not as the API describes it',
    advice: 'Correct what `errors` lists; /openapi.json describes every field.',
  },
  'invalid-cursor': {
    status: 400,
    title: 'The cursor does not belong to this query',
    advice: 'Use `nextCursor` with the same filters and sort that it came with, or start again without a cursor.',
  },
  unauthenticated: {
    status: 401,
    title: 'Who is asking is not known',
    advice: 'Send a token: Authorization: Bearer <token>. `docket token --as <name> --role <role>` prints one.',
  },
  forbidden: {
    status: 403,
    title: 'The token does not allow this',
    advice: 'Use a token of a role that grants `requiredScope`.',
  },
  'host-not-allowed': {
    status: 403,
    title: 'Docket was called by a name that is not its own',
    advice: 'Call it by localhost or 127.0.0.1; behind a proxy set DOCKET_BEHIND_PROXY=on.',
  },
  'unknown-route': { status: 404, title: 'There is nothing here', advice: 'See /openapi.json for what there is.' },
  'method-not-allowed': {
    status: 405,
    title: 'This address does not take this method',
    advice: 'Use one of the methods in the Allow header.',
  },
  'request-timeout': {
    status: 408,
    title: 'The request did not arrive in time',
    advice: 'Nothing was done. Send it again, whole, within 30 seconds.',
  },
  'body-too-large': {
    status: 413,
    title: 'The body is too large',
    advice:
      'Commands take 256 KiB, POST /v1/alerts and POST /v1/incidents/import take 16 MiB and 512 KiB for one alert: send fewer at a time.',
  },
  'unsupported-media-type': {
    status: 415,
    title: 'The body has a type that is not understood here',
    advice: 'Send Content-Type: application/json.',
  },
  'header-fields-too-large': {
    status: 431,
    title: 'The headers are too large',
    advice: 'Send fewer or shorter headers.',
  },

  // ── what it is about ──
  'unknown-incident': {
    status: 404,
    title: 'There is no such incident',
    advice: 'Look it up in GET /v1/incidents; ids are numbers, like 1.',
  },
  'unknown-alert': {
    status: 404,
    title: 'There is no such alert',
    advice: 'Report it first with POST /v1/alerts, or look it up in GET /v1/incidents/{id}/alerts.',
  },
  'unknown-revision': {
    status: 404,
    title: 'The incident did not exist then, or has not come that far',
    advice: 'Ask for a revision up to that of the incident, or for a time after it was opened.',
  },
  'not-parked': {
    status: 404,
    title: 'Nothing is parked under this id',
    advice: 'See GET /v1/parked for what is: ids of incidents and of alerts.',
  },
  'unknown-view': {
    status: 404,
    title: 'There is no such view',
    advice: 'GET /v1/views lists yours, those that all share and the built-in ones.',
  },
  'stale-revision': {
    status: 412,
    title: 'The incident has changed since it was read',
    advice: 'Read it again, decide on what it is now, and send its ETag as If-Match.',
  },
  'idempotency-key-reused': {
    status: 422,
    title: 'This Idempotency-Key came with another body before',
    advice: 'Use a new key for a new command; repeat a command with the very same body.',
  },

  // ── what the domain refuses ──
  'already-assigned': {
    status: 409,
    title: 'Somebody else has it',
    advice: 'Ask `assignedTo`, or take it by naming the new owner instead of `me`.',
  },
  'incident-resolved': {
    status: 409,
    title: 'The incident is resolved, and a resolved incident has no open alert',
    advice: 'Reopen the incident first.',
  },
  'incident-redirected': {
    status: 409,
    title: 'The incident was merged into another one, and never changes again',
    advice: 'Send the command to `redirectIncidentId`: its alerts are there.',
  },
  'incidents-differ': {
    status: 409,
    title: 'The incidents have different owners or judgements',
    advice: 'See `differences`; give them the same, or none but one of them, and merge then.',
  },
  'alerts-moved': {
    status: 409,
    title: 'Somebody else moved these alerts at the same moment',
    advice: 'Nothing was moved by this request. See where `alertIds` are now, and decide again.',
  },
  'too-many-alerts': {
    status: 409,
    title: 'The incident would have too many alerts',
    advice: 'An incident holds at most `limit` alerts: use another incident.',
  },
  'too-many-tags': {
    status: 409,
    title: 'The incident would have too many tags',
    advice: 'An incident has at most `limit` custom tags: remove some in the same request.',
  },
  'too-many-views': {
    status: 409,
    title: 'There are too many saved views',
    advice: 'There may be `limit` of your own, and as many that all share: remove some first.',
  },
  'merged-at-source': {
    status: 409,
    title: 'The incident was merged into another one where it comes from',
    advice: 'Import `redirectIncidentId`: its alerts are there. Nothing was done.',
  },
  'another-tenant': {
    status: 409,
    title: 'An incident with this id was imported from another tenant',
    advice: 'Give the incidents of the other tenant a `source` of their own. Nothing was done.',
  },

  // ── Docket and its stores ──
  internal: {
    status: 500,
    title: 'Something is broken in Docket',
    advice:
      'Whether the command was carried out is not known: repeat it with the same Idempotency-Key. The log has the details.',
  },
  'unreadable-event': {
    status: 500,
    title: 'An event in the log cannot be read',
    advice:
      'Nothing was written. Run the version of Docket that wrote event `revision` of `stream`, or a later one; docket verify names all.',
  },
  'concurrent-updates': {
    status: 503,
    title: 'Others kept changing the incident',
    advice: 'Nothing was written. Repeat after the seconds that Retry-After gives.',
  },
  'store-unavailable': {
    status: 503,
    title: 'A store cannot be reached',
    advice: 'Nothing was written. Repeat after the seconds that Retry-After gives; GET /health/ready tells more.',
  },
  'too-many-streams': {
    status: 503,
    title: 'Too many clients listen already',
    advice: 'Repeat after the seconds that Retry-After gives; close streams that nobody reads.',
  },
  'projection-behind': {
    status: 503,
    title: 'The read model has not come to the position that was asked for',
    advice: 'Repeat after the seconds that Retry-After gives, or ask without Docket-After for what there is.',
  },
  parked: {
    status: 503,
    title: 'An event of it could not be projected, and what is shown would be stale',
    advice:
      'Its history and GET with `revision` or `asOf` answer; `docket unpark` says why, and folds it anew once that is mended.',
  },
  'alert-not-routed': {
    status: 503,
    title: 'The alert was reported, but has no incident yet',
    advice: 'Nothing was done. Repeat after the seconds that Retry-After gives.',
  },
  'outcome-unknown': {
    status: 504,
    title: 'Whether the command was carried out is not known',
    advice: 'Repeat it with the same Idempotency-Key: it is carried out once.',
  },
} as const satisfies Record<string, { status: number; title: string; advice: string }>;

export type ProblemCode = keyof typeof problems;
export const problemCodes = Object.keys(problems) as ProblemCode[];

export const isProblemCode = (code: string): code is ProblemCode => Object.hasOwn(problems, code);

/** Members that a problem has beside those of RFC 9457, e.g. `errors` or `currentRevision`. */
export type Extras = Readonly<Record<string, unknown>>;

/** RFC 9457, `application/problem+json`. */
export type ProblemDocument = {
  readonly type: `urn:docket:problem:${string}`;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
} & Extras;

export interface ProblemOptions {
  /** What happened and what to do, where that is more exact than the catalogue's advice. */
  readonly detail?: string;
  readonly extras?: Extras;
  /** Seconds, in the header Retry-After. */
  readonly retryAfter?: number;
  /** Headers of the answer, e.g. Allow. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly cause?: unknown;
}

/** An answer that is not the one asked for. */
export class Problem extends Error {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly #extras: Extras;

  constructor(
    readonly code: ProblemCode,
    { detail, extras = {}, retryAfter, headers = {}, cause }: ProblemOptions = {},
  ) {
    super(detail ?? problems[code].advice, { cause });
    this.name = 'Problem';
    this.status = problems[code].status;
    this.headers = retryAfter === undefined ? headers : { ...headers, 'retry-after': String(retryAfter) };
    this.#extras = extras;
  }

  /** JSON.stringify uses this. */
  toJSON(): ProblemDocument {
    const { status, title } = problems[this.code];
    const standard = { type: `urn:docket:problem:${this.code}` as const, title, status, detail: this.message };
    return { ...standard, ...this.#extras, ...standard };
  }
}
