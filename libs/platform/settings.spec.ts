import { describe, expect, it } from '@jest/globals';
import { settingsCatalogue } from './settings-catalogue.js';
import { BadSettings, readSettings } from './settings.js';

function mistakesOf(environment: Record<string, string>): readonly string[] {
  try {
    readSettings(environment);
  } catch (error) {
    if (error instanceof BadSettings) return error.mistakes;
    throw error;
  }
  return [];
}

describe('settings', () => {
  it('need nothing to be set', () => {
    expect(readSettings({})).toEqual({
      port: 3000,
      host: '127.0.0.1',
      dataFolder: '.docket',
      examples: true,
      eventStoreUrl: undefined,
      mongodbUrl: undefined,
      tokenKey: undefined,
      behindProxy: false,
      openMetrics: false,
      projectorPort: 3001,
      correlation: { windowHours: 24, entityKinds: ['device', 'user', 'mailbox'], mostAlerts: 10_000 },
    });
  });

  it('take an empty value for unset', () => {
    expect(readSettings({ DOCKET_PORT: '', EVENTSTORE_URL: '' })).toEqual(readSettings({}));
  });

  it('are read from the environment', () => {
    expect(
      readSettings({
        DOCKET_PORT: '0',
        DOCKET_HOST: '::1',
        DOCKET_DATA: '/var/lib/docket',
        DOCKET_EXAMPLES: 'off',
        EVENTSTORE_URL: 'esdb://a:2113,b:2113,c:2113?tls=true',
        DOCKET_TOKEN_KEY: Buffer.alloc(32, 7).toString('base64url'),
        HOME: '/home/somebody',
      }),
    ).toMatchObject({
      port: 0,
      host: '::1',
      dataFolder: '/var/lib/docket',
      examples: false,
      eventStoreUrl: 'esdb://a:2113,b:2113,c:2113?tls=true',
      mongodbUrl: undefined,
      tokenKey: new Uint8Array(32).fill(7),
    });
  });

  it('say which incident an alert may join', () => {
    const { correlation } = readSettings({
      DOCKET_CORRELATION_WINDOW: '72',
      DOCKET_CORRELATION_ENTITIES: 'device, Mailbox',
      DOCKET_CORRELATION_MOST_ALERTS: '500',
    });
    expect(correlation).toEqual({ windowHours: 72, entityKinds: ['device', 'mailbox'], mostAlerts: 500 });
    expect(readSettings({ DOCKET_CORRELATION_ENTITIES: 'none' }).correlation.entityKinds).toEqual([]);
    const wrong = { WINDOW: '0', ENTITIES: 'device,printer', MOST_ALERTS: '10001' };
    for (const [name, value] of Object.entries(wrong))
      expect(mistakesOf({ [`DOCKET_CORRELATION_${name}`]: value })).toHaveLength(1);
  });

  it('list all mistakes at once', () => {
    const mistakes = mistakesOf({ DOCKET_PORT: '70000', DOCKET_EXAMPLES: 'maybe', MONGODB_URL: 'localhost:27017' });
    expect(mistakes).toHaveLength(3);
    expect(mistakes[0]).toBe('DOCKET_PORT is "70000"; it must be a number from 0 to 65535 (0 takes a free port).');
  });

  it('suggest the name that was meant', () => {
    expect(mistakesOf({ DOCKET_EXAMPLE: 'off' })[0]).toContain('did you mean DOCKET_EXAMPLES?');
    expect(mistakesOf({ DOCKET_PROT: '1' })[0]).toContain('did you mean DOCKET_PORT?');
  });

  it('never print a secret', () => {
    const said = mistakesOf({ DOCKET_TOKEN_KEY: 'hunter2', MONGODB_URL: 'http://me:hunter2@host/docket' }).join('\n');
    expect(said).not.toContain('hunter2');
    expect(said).toContain('DOCKET_TOKEN_KEY must be 32 random bytes');
  });

  it('refuse an address that others reach, unless something before it ends TLS', () => {
    expect(mistakesOf({ DOCKET_HOST: '0.0.0.0' })[0]).toContain('DOCKET_BEHIND_PROXY=on');
    expect(readSettings({ DOCKET_HOST: '0.0.0.0', DOCKET_BEHIND_PROXY: 'on' }).host).toBe('0.0.0.0');
  });

  it('have the defaults that the catalogue tells', () => {
    const told = Object.entries(settingsCatalogue).flatMap(([name, setting]) =>
      'default' in setting ? [[name, setting.default] as const] : [],
    );
    expect(readSettings(Object.fromEntries(told))).toEqual(readSettings({}));
  });
});
