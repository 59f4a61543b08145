export interface ProjectorSettings {
  readonly eventStoreUrl: string;
  readonly mongoUrl: string;
  readonly host: string;
  readonly port: number;
}

/** What the projector alone needs. Throws with all mistakes at once. */
export function projectorSettings(env: Readonly<Record<string, string | undefined>>): ProjectorSettings {
  const mistakes: string[] = [];
  const required = (name: string, example: string): string => {
    if (!env[name]) mistakes.push(`${name} is not set: say where the store is, for example ${example}`);
    return env[name] ?? '';
  };
  const settings = {
    eventStoreUrl: required('EVENTSTORE_URL', 'esdb://eventstore:2113?tls=false'),
    mongoUrl: required('MONGODB_URL', 'mongodb://mongodb:27017/docket?replicaSet=rs0'),
    host: env.DOCKET_HOST ?? '127.0.0.1',
    port: Number(env.DOCKET_PROJECTOR_PORT ?? 3001),
  };
  if (!Number.isInteger(settings.port) || settings.port < 0 || settings.port > 65_535)
    mistakes.push(`DOCKET_PROJECTOR_PORT is ${env.DOCKET_PROJECTOR_PORT}: it must be a port from 0 to 65535`);
  if (mistakes.length > 0) throw new Error(mistakes.join('\n'));
  return settings;
}
