import type { PartHealth, PartsHealth } from '#platform';
import type { Finding } from './finding.js';
import { doubtful, ill, well } from './finding.js';

const names: Readonly<Record<string, string>> = { eventStore: 'event store', readModel: 'read model' };

const advice: Readonly<Record<string, string>> = {
  eventStore: 'Nothing can be written or read: look at the event store (EVENTSTORE_URL).',
  readModel: 'The queue cannot be read: look at MongoDB (MONGODB_URL).',
};

/** What a docket says of its parts at `/health/ready`. Of what the projector runs only that which is not well is worth a line. */
export const findingsOf = (parts: PartsHealth): Finding[] =>
  Object.entries(parts)
    .filter(([part, { status, position }]) => part === 'projector' || status !== 'ok' || position === undefined)
    .map(([part, health]) => {
      const about = names[part] ?? part;
      const said = [health.why, ...details(health)].filter((text) => text !== undefined).join(', ');
      if (health.status === 'ok') return well(about, said || 'well');
      return (health.status === 'failing' ? ill : doubtful)(about, said, advice[part] ?? advised(health));
    });

function details({ state, lagEvents, lagSeconds, parked }: PartHealth): (string | undefined)[] {
  const isBehind = (lagEvents ?? 0) > 0 || (lagSeconds ?? 0) > 0;
  const events = lagEvents === undefined ? '' : `${lagEvents} events, `;
  return [
    state === 'standing-by' ? 'stands by: another projector is at work' : state,
    isBehind ? `${events}${(lagSeconds ?? 0).toFixed(1)} s behind the log` : undefined,
    parked === undefined ? undefined : `${parked} parked`,
  ];
}

function advised({ status, state, parked = 0 }: PartHealth): string {
  if (state === 'absent') return 'Start one: node dist/apps/projector/main.js';
  if (status === 'failing') return 'The queue stands still: what the projector writes to its log says why.';
  if (parked > 0) return 'docket unpark says what and why, and has it folded anew.';
  return 'It catches up; where it does not, what the projector writes to its log says why.';
}
