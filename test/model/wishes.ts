import fc from 'fast-check';

/** What a client wants next. Incidents and alerts are told by a number: the n-th of those that are known when it comes to that. */
export type Wish = Readonly<{ sent: Sent }> &
  Readonly<
    | { on: 'incident'; nth: number; command: string; body: object }
    | { on: 'incidents'; nths: readonly number[]; command: string; body: object }
    | { on: 'alert'; nth: number; command: string; body: object }
    | { on: 'report'; again: number | null; into: number | null; device: number; report: Detected }
    | { on: 'move'; nths: readonly number[]; to: number | null }
    | { on: 'merge'; nths: readonly number[] }
    | { on: 'open'; body: object }
    | { on: 'look'; nth: number }
  >;

/** With which key, if any: once, again after the answer, twice at the same moment, or afterwards with another body. */
export type Sent = 'without a key' | 'once' | 'again' | 'twice at once' | 'with another body';

/** What a product says of an alert. Null: nothing. */
export interface Detected {
  readonly title: string;
  readonly severity: string;
  readonly status: string;
  readonly category: string | null;
  readonly serviceSource: string;
  readonly assignedTo: string | null;
  readonly lastUpdateDateTime: string;
}

/** What three clients want, each one thing after the other. */
export type Run = readonly (readonly Wish[])[];

const someone = fc.constantFrom('kim', 'lee', 'mia');
const owner = fc.oneof({ weight: 2, arbitrary: fc.constant('me') }, { weight: 1, arbitrary: someone });
const judgement = fc.constantFrom(
  { classification: 'truePositive', determination: 'malware' },
  { classification: 'truePositive' },
  { classification: 'falsePositive', determination: 'notMalicious' },
  { classification: null },
);
const comment = fc.constantFrom('Looking.', 'Done.');
const tag = fc.constantFrom('vip', 'VIP', 'finance', 'lab');
/** More happens where much has happened. */
const nth = fc.oneof({ weight: 2, arbitrary: fc.nat(1) }, { weight: 1, arbitrary: fc.nat(7) });
const nothing = fc.constant({});

const assignment = owner.map((assignedTo) => ({ assignedTo }));
const resolution = fc.oneof(
  nothing,
  judgement,
  comment.map((said) => ({ comment: said })),
);
const commented = comment.map((said) => ({ comment: said }));

const onIncident = fc.oneof(
  { weight: 3, arbitrary: fc.record({ command: fc.constant('assign'), body: assignment }) },
  { weight: 3, arbitrary: fc.record({ command: fc.constant('unassign'), body: nothing }) },
  { weight: 3, arbitrary: fc.record({ command: fc.constant('resolve'), body: resolution }) },
  { weight: 6, arbitrary: fc.record({ command: fc.constantFrom('reopen', 'reopen', 'start'), body: nothing }) },
  { weight: 2, arbitrary: fc.record({ command: fc.constant('classify'), body: judgement }) },
  {
    weight: 1,
    arbitrary: fc.record({
      command: fc.constant('rename'),
      body: fc.constantFrom('Ours', 'Theirs').map((displayName) => ({ displayName })),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      command: fc.constant('severity'),
      body: fc.constantFrom('automatic', 'automatic', 'low', 'high').map((severity) => ({ severity })),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      command: fc.constant('tags'),
      body: fc.record({ add: fc.array(tag, { maxLength: 2 }), remove: fc.array(tag, { maxLength: 1 }) }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ command: fc.constant('comments'), body: commented }) },
);

const onAlert = fc.oneof(
  fc.record({ command: fc.constant('assign'), body: assignment }),
  fc.record({ command: fc.constantFrom('unassign', 'start', 'reopen'), body: nothing }),
  fc.record({ command: fc.constant('resolve'), body: resolution }),
  fc.record({ command: fc.constant('classify'), body: judgement }),
  fc.record({ command: fc.constant('comments'), body: commented }),
);

export const detected: fc.Arbitrary<Detected> = fc.record({
  title: fc.constantFrom('Suspicious sign-in', 'Malware found', 'Odd process'),
  severity: fc.constantFrom('informational', 'low', 'medium', 'high'),
  status: fc.constantFrom('new', 'new', 'inProgress', 'resolved'),
  category: fc.constantFrom('Execution', 'InitialAccess', 'Impact', 'Ransomware', null),
  serviceSource: fc.constantFrom('microsoftDefenderForEndpoint', 'azureAdIdentityProtection'),
  assignedTo: fc.constantFrom(null, null, 'lee'),
  lastUpdateDateTime: fc.constantFrom('2026-01-22T12:00:00Z', '2026-01-22T13:00:00Z', '2026-01-22T14:00:00Z'),
});

const several = (minLength: number, maxLength: number) => fc.uniqueArray(nth, { minLength, maxLength });

const wanted = fc.oneof(
  {
    weight: 10,
    arbitrary: fc.tuple(nth, onIncident).map(([at, what]) => ({ on: 'incident' as const, nth: at, ...what })),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(several(1, 4), onIncident).map(([nths, what]) => ({ on: 'incidents' as const, nths, ...what })),
  },
  { weight: 8, arbitrary: fc.tuple(nth, onAlert).map(([at, what]) => ({ on: 'alert' as const, nth: at, ...what })) },
  {
    weight: 4,
    arbitrary: fc.record({
      on: fc.constant('report' as const),
      again: fc.option(nth),
      into: fc.option(nth, { freq: 3 }),
      device: fc.nat(2),
      report: detected,
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({ on: fc.constant('move' as const), nths: several(1, 3), to: fc.option(nth, { freq: 6 }) }),
  },
  { weight: 4, arbitrary: fc.record({ on: fc.constant('merge' as const), nths: several(2, 3) }) },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom({}, { displayName: 'By hand', severity: 'low' }, { customTags: ['lab', 'Vip'] })
      .map((body) => ({
        on: 'open' as const,
        body,
      })),
  },
  { weight: 1, arbitrary: fc.record({ on: fc.constant('look' as const), nth }) },
);

const sent: fc.Arbitrary<Sent> = fc.oneof(
  { weight: 5, arbitrary: fc.constant('without a key' as const) },
  { weight: 2, arbitrary: fc.constant('once' as const) },
  { weight: 2, arbitrary: fc.constant('again' as const) },
  { weight: 1, arbitrary: fc.constant('twice at once' as const) },
  { weight: 1, arbitrary: fc.constant('with another body' as const) },
);

const aWish: fc.Arbitrary<Wish> = fc.tuple(wanted, sent).map(([wish, how]) => ({ ...wish, sent: how }));

/** Runs of three clients with at most so many wishes each. */
export const aRun = (most: number): fc.Arbitrary<Run> =>
  fc.tuple(
    ...(['kim', 'lee', 'mia'] as const).map(() => fc.array(aWish, { minLength: 1, maxLength: most, size: 'max' })),
  );
