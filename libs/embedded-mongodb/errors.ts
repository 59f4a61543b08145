/** The error codes of MongoDB that this server gives. https://www.mongodb.com/docs/manual/reference/error-codes/ */
const codes = {
  InternalError: 1,
  BadValue: 2,
  FailedToParse: 9,
  TypeMismatch: 14,
  Unauthorized: 13,
  IllegalOperation: 20,
  InvalidBSON: 22,
  NamespaceNotFound: 26,
  IndexNotFound: 27,
  PathNotViable: 28,
  ConflictingUpdateOperators: 40,
  CursorNotFound: 43,
  NamespaceExists: 48,
  DollarPrefixedFieldName: 52,
  InvalidIdField: 53,
  NotSingleValueField: 54,
  EmptyFieldName: 56,
  CommandNotFound: 59,
  ImmutableField: 66,
  CannotCreateIndex: 67,
  InvalidOptions: 72,
  InvalidNamespace: 73,
  IndexOptionsConflict: 85,
  IndexKeySpecsConflict: 86,
  CommandNotSupported: 115,
  CannotIndexParallelArrays: 171,
  TransactionTooOld: 225,
  QueryExceededMemoryLimitNoDiskUseAllowed: 292,
  CursorInUse: 12051,
  BSONObjectTooLarge: 10334,
  DuplicateKey: 11000,
  Location15975: 15975,
  Location17419: 17419,
  Location15947: 15947,
  Location15955: 15955,
  Location15958: 15958,
  Location28808: 28808,
  Location28818: 28818,
  Location31249: 31249,
  Location31253: 31253,
  Location31254: 31254,
  Location31368: 31368,
  Location40156: 40156,
  Location40158: 40158,
  Location40160: 40160,
  Location40234: 40234,
  Location40235: 40235,
  Location40238: 40238,
  Location40323: 40323,
  Location40324: 40324,
  Location40352: 40352,
  Location40414: 40414,
  Location40415: 40415,
  Location51024: 51024,
  Location51272: 51272,
  Location5107200: 5107200,
  Location5107201: 5107201,
} as const;

export type CodeName = keyof typeof codes;

/** An answer `{ok: 0}` with MongoDB's code; `details` are further fields of it, as `keyValue` of a duplicate key. */
export class CommandError extends Error {
  readonly code: number;
  constructor(
    readonly codeName: CodeName,
    message: string,
    readonly details: Record<string, unknown> = {},
  ) {
    super(message);
    this.code = codes[codeName];
  }
}

/** What MongoDB knows and this server leaves out. */
export const notSupported = (what: string): CommandError =>
  new CommandError(
    'CommandNotSupported',
    `the embedded server does not support ${what}; see its README for what it does`,
  );
