interface Setting {
  /** What holds where it is not set; undefined: nothing. */
  readonly default?: string;
  /** In Markdown: the help of the command line and the documentation tell it alike. */
  readonly about: string;
}

/** Every environment variable that Docket reads. */
export const settingsCatalogue = {
  DOCKET_PORT: { default: '3000', about: 'port of the API; 0 takes a free one' },
  DOCKET_HOST: {
    default: '127.0.0.1',
    about: 'address to listen on; any but loopback needs `DOCKET_BEHIND_PROXY=on`',
  },
  DOCKET_DATA: { default: '.docket', about: 'folder of the embedded stores and of the token key' },
  DOCKET_EXAMPLES: { default: 'on', about: '`on` or `off`: fill an empty embedded docket with the examples' },
  DOCKET_TOKEN_KEY: {
    about: '32 random bytes in base64url that sign tokens; unset: `token.key` in the data folder, made at first use',
  },
  DOCKET_BEHIND_PROXY: {
    default: 'off',
    about: '`on`: something before Docket ends TLS and keeps strangers out',
  },
  DOCKET_OPEN_METRICS: {
    default: 'off',
    about: '`on`: behind a proxy too, anybody who gets that far may read `/metrics`; else it needs a token there',
  },
  DOCKET_PROJECTOR_PORT: {
    default: '3001',
    about: 'port of the health and metrics of a projector that is a process of its own',
  },
  DOCKET_CORRELATION_WINDOW: {
    default: '24',
    about: 'hours: an incident that has not changed for so long draws no alerts to it',
  },
  DOCKET_CORRELATION_ENTITIES: {
    default: 'device,user,mailbox',
    about: 'kinds of entities that alerts are brought together by; `none`: each opens an incident',
  },
  DOCKET_CORRELATION_MOST_ALERTS: {
    default: '10000',
    about: 'an incident that has so many alerts draws no others to it; those that name it come all the same',
  },
  EVENTSTORE_URL: { about: 'e.g. `esdb://host:2113?tls=false`; unset: the embedded event store' },
  MONGODB_URL: { about: 'e.g. `mongodb://host:27017/docket`; unset: the embedded MongoDB' },
  DOCKET_URL: { about: 'of the commands that speak to a docket: where it answers' },
  DOCKET_TOKEN: { about: 'of the commands that speak to a docket: who asks' },
} as const satisfies Record<string, Setting>;

export type SettingName = keyof typeof settingsCatalogue;
export const settingNames = Object.keys(settingsCatalogue) as SettingName[];

/** The settings as lines of a help text. */
export function settingsHelp(names: readonly SettingName[]): string {
  const width = Math.max(...names.map((name) => name.length));
  return names
    .map((name) => {
      const { about, default: otherwise }: Setting = settingsCatalogue[name];
      const told = about.replaceAll('`', '') + (otherwise === undefined ? '' : ` (${otherwise})`);
      return `  ${name.padEnd(width)}  ${told}`;
    })
    .join('\n');
}
