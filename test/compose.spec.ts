import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { readSettings, sharedStores } from '#platform';

const root = join(import.meta.dirname, '..');
const environment = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^(DOCKET|COMPOSE)_/.test(name)),
);

/** Reads the files as `docker compose up` would; it needs no engine for that. */
function run(compose: string[], ...args: string[]) {
  const [command = '', ...subcommand] = compose;
  return spawnSync(command, [...subcommand, ...args], { cwd: root, env: environment, encoding: 'utf8' });
}

/** The first docker-compose, of Python, neither knows the format of today nor is it maintained. */
const compose = [['docker', 'compose'], ['docker-compose']].find((candidate) => {
  const { status, stdout } = run(candidate, 'version', '--short');
  return status === 0 && Number(/^v?(\d+)\./.exec(stdout)?.[1]) >= 2;
});
if (!compose) process.stderr.write('skipped: docker-compose.yml (there is no docker compose here)\n');

function config(...files: string[]): Record<string, any> {
  const { stdout, stderr } = run(compose!, ...files.flatMap((file) => ['--file', file]), 'config', '--format', 'json');
  expect(stderr).toBe('');
  return JSON.parse(stdout).services;
}

/** Where on this machine the ports of each service can be reached. */
const published = (services: Record<string, any>) =>
  Object.entries(services).flatMap(([name, { ports = [] }]) =>
    ports.map(({ host_ip, published, target }: any) => `${name} ${host_ip}:${published} -> ${target}`),
  );

(compose ? describe : describe.skip)('docker-compose.yml', () => {
  it('is complete, without a warning', () => {
    expect(Object.keys(config('docker-compose.yml')).sort()).toEqual(['api', 'eventstore', 'mongodb', 'projector']);
  });

  it('lets nobody reach anything but the api, and that only from this machine', () => {
    expect(published(config('docker-compose.yml'))).toEqual(['api 127.0.0.1:3000 -> 3000']);
  });

  it('lets tests on this machine reach the stores, where they ask for it', () => {
    expect(published(config('docker-compose.yml', 'test/given-servers.yml'))).toEqual(
      expect.arrayContaining(['eventstore 127.0.0.1:2113 -> 2113', 'mongodb 127.0.0.1:27017 -> 27017']),
    );
  });

  it.each(['api', 'projector'])('starts the %s with settings that it takes, once its stores are healthy', (name) => {
    const services = config('docker-compose.yml');
    const { command, environment, depends_on: stores } = services[name];
    expect(existsSync(join(root, command[1].replace(/^dist\//, '').replace(/\.js$/, '.ts')))).toBe(true);
    expect(sharedStores(readSettings(environment))).toEqual({
      eventStoreUrl: 'esdb://eventstore:2113?tls=false',
      mongodbUrl: 'mongodb://mongodb:27017/docket?replicaSet=docket',
    });
    expect(Object.keys(stores)).toEqual(['eventstore', 'mongodb']);
    for (const [store, { condition }] of Object.entries<any>(stores)) {
      expect(condition).toBe('service_healthy');
      expect(services[store].healthcheck.test).toEqual(expect.any(Array));
    }
  });

  it('builds one image, once', () => {
    const { api, projector } = config('docker-compose.yml');
    expect(api.build).toBeDefined();
    expect(projector).toMatchObject({ image: api.image, pull_policy: 'never' });
    expect(projector.build).toBeUndefined();
  });
});
