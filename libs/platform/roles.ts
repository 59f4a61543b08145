/** What a token may do, in the words of Microsoft Graph's permissions. Who may write may read. */
export const scopes = [
  'SecurityIncident.Read.All',
  'SecurityIncident.ReadWrite.All',
  'SecurityAlert.Read.All',
  'SecurityAlert.ReadWrite.All',
  // Beyond Graph's: to bring incidents along from elsewhere, with what other people did to them there.
  'SecurityIncident.Import.All',
  'AuditLog.Read.All',
  // To have what is parked folded anew.
  'ReadModel.ReadWrite.All',
] as const;
export type Scope = (typeof scopes)[number];

const readEverything: readonly Scope[] = ['SecurityIncident.Read.All', 'SecurityAlert.Read.All'];

const change: readonly Scope[] = ['SecurityIncident.ReadWrite.All', 'SecurityAlert.ReadWrite.All'];

/** What each role grants. Roles that grant the same now differ in what later parts of Docket let them do. */
export const grants = {
  reader: readEverything,
  auditor: [...readEverything, 'AuditLog.Read.All'],
  analyst: [...readEverything, ...change],
  responder: [...readEverything, ...change],
  admin: scopes,
} as const satisfies Record<string, readonly Scope[]>;

export type Role = keyof typeof grants;
export const roles = Object.keys(grants) as Role[];

export const isRole = (value: unknown): value is Role => typeof value === 'string' && Object.hasOwn(grants, value);

/** The scopes of all of the roles together. */
export const scopesOf = (held: readonly Role[]): ReadonlySet<Scope> => new Set(held.flatMap((role) => grants[role]));
