/** `degraded`: it works, but not all of it or not as fast as it should. `failing`: something that is needed does not work. */
export const healthStatuses = ['ok', 'degraded', 'failing'] as const;
export type HealthStatus = (typeof healthStatuses)[number];

/** How one part of a process is. Anybody may ask: it names no address and nothing of incidents. */
export interface PartHealth {
  readonly status: HealthStatus;
  /** What is wrong, where something is: a few words, or the kind of error. */
  readonly why?: string;
  /** Of what follows the log, and of the projector as a whole. */
  readonly state?: string;
  /** Of the last event handled, decimal. */
  readonly position?: string;
  /** Events that are not handled yet, where that is known. */
  readonly lagEvents?: number | undefined;
  /** Age of the oldest event that is not handled yet, where that is known. */
  readonly lagSeconds?: number | undefined;
  /** Incidents and alerts that a projection passes over, because one of their events cannot be projected. */
  readonly parked?: number;
}

export type PartsHealth = Readonly<Record<string, PartHealth>>;

export interface Health {
  readonly status: HealthStatus;
  readonly parts: PartsHealth;
}

/** Something that a process needs or runs. Rejects where it is failing; resolves with its parts, or with nothing: it is well. */
export interface HealthCheck {
  readonly name: string;
  check(): Promise<PartsHealth | void>;
}

/** Behind by more than this is degraded. Seconds. */
export const tolerableLagSeconds = 10;

const patienceMs = 2_000;

/** Asks all at once. What does not answer within 2 s is failing. */
export async function healthOf(checks: readonly HealthCheck[]): Promise<Health> {
  const parts = Object.assign({}, ...(await Promise.all(checks.map(verdict)))) as PartsHealth;
  return { status: worst(Object.values(parts).map(({ status }) => status)), parts };
}

export const worst = (statuses: readonly HealthStatus[]): HealthStatus =>
  healthStatuses.findLast((status) => statuses.includes(status)) ?? 'ok';

/** What is wrong is said by the kind of error, not by its message, which may name addresses. */
async function verdict(health: HealthCheck): Promise<PartsHealth> {
  const failing = (why: string): PartsHealth => ({ [health.name]: { status: 'failing', why } });
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<PartsHealth>((resolve) => {
    timer = setTimeout(() => resolve(failing(`no answer within ${patienceMs} ms`)), patienceMs);
  });
  const said = health.check().then(
    (parts): PartsHealth => parts ?? { [health.name]: { status: 'ok' } },
    (error: unknown) => failing(error instanceof Error ? error.name : 'unknown'),
  );
  return Promise.race([said, late]).finally(() => clearTimeout(timer));
}

/** Of something that goes through the log, by how far it is behind and what it passes over. */
export function followerHealth(
  follower: Omit<PartHealth, 'status' | 'why'>,
  trouble?: Required<Pick<PartHealth, 'status' | 'why'>>,
): PartHealth {
  const { lagSeconds = 0, parked = 0 } = follower;
  if (trouble) return { ...trouble, ...follower };
  if (lagSeconds > tolerableLagSeconds) return { status: 'degraded', why: 'late', ...follower };
  if (parked > 0) return { status: 'degraded', why: 'something is parked', ...follower };
  return { status: 'ok', ...follower };
}
