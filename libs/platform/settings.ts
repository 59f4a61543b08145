import { isLoopback } from './allowed-hosts.js';
import { settingNames } from './settings-catalogue.js';
import type { SettingName } from './settings-catalogue.js';

/** How one process of Docket is set up: from the environment, checked once, at start. */
export interface Settings {
  /** DOCKET_PORT: 0–65535; 0 takes a free one. */
  readonly port: number;
  /** DOCKET_HOST: the address to listen on. */
  readonly host: string;
  /** DOCKET_DATA: the folder of the embedded stores and of the token key. */
  readonly dataFolder: string;
  /** DOCKET_EXAMPLES: whether an empty docket is filled with the bundled examples. */
  readonly examples: boolean;
  /** EVENTSTORE_URL: undefined means the embedded store in `dataFolder`, whatever MONGODB_URL says. */
  readonly eventStoreUrl: string | undefined;
  /** MONGODB_URL: undefined means the embedded read model in `dataFolder`, whatever EVENTSTORE_URL says. */
  readonly mongodbUrl: string | undefined;
  /** DOCKET_TOKEN_KEY: 32 bytes that sign tokens; undefined means the key file in `dataFolder`. */
  readonly tokenKey: Uint8Array | undefined;
  /**
   * DOCKET_BEHIND_PROXY: Docket speaks plain HTTP. `on` says that whatever stands before it (a proxy, the private network of
   * containers) ends TLS and keeps strangers out; only then may it listen beyond this machine and be called by any host name.
   */
  readonly behindProxy: boolean;
  /** DOCKET_OPEN_METRICS: whether anybody may read `/metrics` also behind a proxy. */
  readonly openMetrics: boolean;
  /** DOCKET_PROJECTOR_PORT: where a projector that runs as its own process answers for its health. */
  readonly projectorPort: number;
  readonly correlation: CorrelationSettings;
}

/** Which incident a reported alert joins that names none. */
export interface CorrelationSettings {
  /** DOCKET_CORRELATION_WINDOW: 1–8,760. */
  readonly windowHours: number;
  /** DOCKET_CORRELATION_ENTITIES */
  readonly entityKinds: readonly EntityKind[];
  /** DOCKET_CORRELATION_MOST_ALERTS: 1–10,000, which is the most that an incident may have. */
  readonly mostAlerts: number;
}

const entityKinds = ['device', 'user', 'mailbox'] as const;
export type EntityKind = (typeof entityKinds)[number];

export type Environment = Readonly<Record<string, string | undefined>>;

/** Lists all mistakes at once, each with what to do about it. */
export class BadSettings extends Error {
  constructor(readonly mistakes: readonly string[]) {
    super(`These settings cannot be used:\n${mistakes.map((mistake) => `  - ${mistake}`).join('\n')}`);
    this.name = 'BadSettings';
  }
}

const names = settingNames.filter((name) => name.startsWith('DOCKET_'));

/** An empty value counts as unset. @throws BadSettings */
export function readSettings(environment: Environment): Settings {
  const mistakes = Object.keys(environment)
    .filter((name) => name.startsWith('DOCKET_') && !(names as string[]).includes(name))
    .map((name) => `${name} is not a setting; did you mean ${nearest(name)}? Settings are ${names.join(', ')}.`);

  function read<T>(name: string, otherwise: T, parse: (value: string) => T | undefined, expected: string): T {
    const value = environment[name];
    if (value === undefined || value === '') return otherwise;
    const parsed = parse(value);
    if (parsed !== undefined) return parsed;
    // The key is the one secret among the settings: never print it.
    mistakes.push(
      `${name}${name === 'DOCKET_TOKEN_KEY' ? '' : ` is "${withoutPassword(value)}"; it`} must be ${expected}.`,
    );
    return otherwise;
  }

  const settings: Settings = {
    port: read('DOCKET_PORT', 3000, port, 'a number from 0 to 65535 (0 takes a free port)'),
    host: read('DOCKET_HOST', '127.0.0.1', host, 'an IP address or a host name, without a port'),
    dataFolder: read('DOCKET_DATA', '.docket', (value) => value, 'a folder'),
    examples: read('DOCKET_EXAMPLES', true, onOff, 'on or off'),
    eventStoreUrl: read('EVENTSTORE_URL', undefined, url('esdb:', 'esdb+discover:'), 'like esdb://host:2113?tls=false'),
    mongodbUrl: read('MONGODB_URL', undefined, url('mongodb:', 'mongodb+srv:'), 'like mongodb://host:27017/docket'),
    tokenKey: read('DOCKET_TOKEN_KEY', undefined, parseTokenKey, '32 random bytes in base64url (43 characters)'),
    behindProxy: read('DOCKET_BEHIND_PROXY', false, onOff, 'on or off'),
    openMetrics: read('DOCKET_OPEN_METRICS', false, onOff, 'on or off'),
    projectorPort: read('DOCKET_PROJECTOR_PORT', 3001, port, 'a number from 0 to 65535 (0 takes a free port)'),
    correlation: {
      windowHours: read('DOCKET_CORRELATION_WINDOW', 24, numberUpTo(8_760), 'a number of hours from 1 to 8760'),
      entityKinds: read('DOCKET_CORRELATION_ENTITIES', entityKinds, kinds, 'some of device,user,mailbox, or none'),
      mostAlerts: read('DOCKET_CORRELATION_MOST_ALERTS', 10_000, numberUpTo(10_000), 'a number from 1 to 10000'),
    },
  };
  if (!isLoopback(settings.host) && !settings.behindProxy) {
    mistakes.push(
      `DOCKET_HOST is "${settings.host}", which others can reach without TLS. Keep 127.0.0.1, or put a proxy that ends TLS ` +
        `(or a private network) before Docket and say so with DOCKET_BEHIND_PROXY=on.`,
    );
  }
  if (mistakes.length > 0) throw new BadSettings(mistakes);
  return settings;
}

/** The stores of a process that shares them with others, and so can have none embedded. @throws BadSettings */
export function sharedStores({ eventStoreUrl, mongodbUrl }: Settings): { eventStoreUrl: string; mongodbUrl: string } {
  if (eventStoreUrl !== undefined && mongodbUrl !== undefined) return { eventStoreUrl, mongodbUrl };
  const missing = [
    ...(eventStoreUrl === undefined ? ['EVENTSTORE_URL'] : []),
    ...(mongodbUrl === undefined ? ['MONGODB_URL'] : []),
  ];
  throw new BadSettings(
    missing.map(
      (name) => `${name} is not set: this process shares its stores with others. \`docket start\` needs none.`,
    ),
  );
}

const port = (value: string) => (/^\d{1,5}$/.test(value) && Number(value) <= 65_535 ? Number(value) : undefined);
const host = (value: string) => (/^[\w.-]+$|^\[?[0-9a-f:.]+\]?$/i.test(value) ? value : undefined);
const numberUpTo = (most: number) => (value: string) =>
  /^[1-9]\d{0,8}$/.test(value) && Number(value) <= most ? Number(value) : undefined;
const onOff = (value: string) => ({ on: true, off: false })[value.toLowerCase()];

function kinds(value: string): readonly EntityKind[] | undefined {
  if (value.toLowerCase() === 'none') return [];
  const named = value.split(',').map((kind) => kind.trim().toLowerCase());
  return named.every((kind) => (entityKinds as readonly string[]).includes(kind)) ? (named as EntityKind[]) : undefined;
}

// Cluster addresses list several hosts, which the URL class refuses: only the scheme is checked here.
const url =
  (...schemes: string[]) =>
  (value: string) =>
    schemes.some((scheme) => value.startsWith(`${scheme}//`) && value.length > scheme.length + 2) ? value : undefined;

const withoutPassword = (value: string) => value.replace(/\/\/[^@/]*@/, '//…@');

export function parseTokenKey(text: string): Uint8Array | undefined {
  return /^[\w-]{43}=?$/.test(text.trim()) ? new Uint8Array(Buffer.from(text.trim(), 'base64url')) : undefined;
}

function nearest(name: string): SettingName {
  return names.reduce((best, candidate) => (distance(name, candidate) < distance(name, best) ? candidate : best));
}

/** How many letters must be changed, added or dropped to get from one to the other (Levenshtein). */
function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (const [index, letter] of [...from].entries()) {
    const next = [index + 1];
    for (let column = 1; column <= to.length; column++) {
      const replaced = row[column - 1]! + (to[column - 1] === letter ? 0 : 1);
      next.push(Math.min(replaced, row[column]! + 1, next[column - 1]! + 1));
    }
    row = next;
  }
  return row[to.length]!;
}
