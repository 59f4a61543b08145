import { setTimeout as sleep } from 'node:timers/promises';
import type { RecordedEvent } from '#event-store';
import type { DocketEvent } from '#incidents';
import type { Answer, Client } from '../e2e/client.js';
import type { Attempt, CrashingCommand } from './crashing-commands.js';
import { StoredTruth } from './kept-promises.js';
import type { MortalDocket, Order } from './mortal-docket.js';

/** What a command does when nothing comes between. */
export interface Uncrashed {
  readonly appends: readonly string[];
  readonly status: number;
  readonly events: readonly string[];
}

/** Where a docket dies in the middle of a command. */
export interface CrashPoint {
  readonly name: string;
  readonly dies: NonNullable<Order['dies']>;
}

/** Before the first append and after each of them: every state that a crash between two appends can leave. */
export function crashPointsOf({ appends, likeAnotherUpTo }: CrashingCommand): CrashPoint[] {
  const [first] = appends;
  const after = appends.map((append, index): CrashPoint => {
    const nth = appends.slice(0, index + 1).filter((other) => other === append).length;
    const ordinal = appends.filter((other) => other === append).length > 1 ? ` #${nth}` : '';
    return { name: `after ${append}${ordinal}`, dies: { append, nth, when: 'after' } };
  });
  if (likeAnotherUpTo !== undefined) return after.slice(appends.indexOf(likeAnotherUpTo) + 1);
  return [{ name: `before ${first}`, dies: { append: first!, nth: 1, when: 'before' } }, ...after];
}

/** Carries a command out without a crash. */
export async function uncrashed(docket: MortalDocket, command: CrashingCommand): Promise<Uncrashed> {
  const client = await docket.as('kim', 'admin');
  const truth = StoredTruth.of(docket.folder);
  try {
    const attempt = await command.prepare(client);
    const before = await truth.log.head();
    if (command.diesFirst) {
      await dieAt(docket, attempt, client, orderOf(command, command.diesFirst));
      docket.order({});
      await docket.start();
      const again = StoredTruth.of(docket.folder);
      const broken = await again.brokenPromises();
      const appends = docket.appends;
      await again.close();
      if (broken.length > 0) throw new Error(broken.join('\n'));
      const { status } = await attempt.send(await docket.as('kim', 'admin'));
      return { appends, status, events: await effectsSince(docket, before) };
    }
    docket.order(orderOf(command));
    const { status, body } = await carriedOut(docket, attempt, client);
    if (status >= 300) throw new Error(`It is answered with ${status}: ${JSON.stringify(body)}`);
    return { appends: docket.appends, status, events: await effectsSince(docket, before) };
  } finally {
    docket.noOrder();
    await truth.close();
  }
}

/**
 * Kills the docket at a point of the command, starts it again, and looks; then repeats the command, twice. Gives back what was promised
 * and did not hold, a line each.
 */
export async function crashAndRepeat(
  docket: MortalDocket,
  command: CrashingCommand,
  { dies }: CrashPoint,
  wanted: Pick<Uncrashed, 'status' | 'events'>,
): Promise<string[]> {
  const client = await docket.as('kim', 'admin');
  const first = StoredTruth.of(docket.folder);
  const attempt = await command.prepare(client);
  const before = await first.log.head();
  await first.close();

  let answer: Answer | undefined;
  if (command.diesFirst) {
    await dieAt(docket, attempt, client, orderOf(command, command.diesFirst));
    docket.order({ dies });
    await docket.start().catch(() => undefined); // it may die before it is ready
    await docket.gone();
  } else answer = await dieAt(docket, attempt, client, orderOf(command, dies));
  docket.noOrder();

  await docket.start();
  const truth = StoredTruth.of(docket.folder);
  try {
    const again = await docket.as('kim', 'admin');
    const afterCrash = await truth.brokenPromises();
    if (answer && answer.status < 300) afterCrash.push(...(await notAsAnswered(truth, answer)));
    if (afterCrash.length > 0) return afterCrash;

    const repeated = await attempt.send(again);
    const twice = await attempt.send(again);
    const events = countsOf(await truth.since(before));
    return [
      ...differing('the repeated command is answered', repeated.status, [
        wanted.status,
        ...(command.repeated ? [command.repeated.status] : []),
      ]),
      ...(command.repeated ? [] : differing('the second repetition is answered', twice.body, [repeated.body])),
      ...differing('the events of the command are', events, [wanted.events]),
      ...(await notAsAnswered(truth, repeated)),
      ...(await truth.brokenPromises()),
    ];
  } finally {
    await truth.close();
  }
}

const orderOf = ({ hold }: CrashingCommand, dies?: Order['dies']): Order => ({
  ...(hold && { hold }),
  ...(dies && { dies }),
});

/** Gives back an answer that came nevertheless. */
async function dieAt(
  docket: MortalDocket,
  attempt: Attempt,
  client: Client,
  order: Order,
): Promise<Answer | undefined> {
  docket.order(order);
  const answer = await Promise.race([
    carriedOut(docket, attempt, client).catch(() => undefined),
    docket.gone().then(() => undefined),
  ]);
  await Promise.race([docket.gone(), sleep(10_000, undefined, { ref: false })]);
  const { dies } = order;
  if (docket.appends.length > 0 && dies?.when === 'before' && docket.appends.includes(dies.append))
    throw new Error(`It did not die before ${dies.append}`);
  return answer;
}

/** Sends the command, and does beside it what others do when it is under way. */
async function carriedOut(docket: MortalDocket, { send, meanwhile }: Attempt, client: Client): Promise<Answer> {
  const answer = send(client);
  if (meanwhile) {
    let gone = false;
    answer.catch(() => (gone = true));
    while (!gone && !docket.appends.includes('AlertsRouted')) await sleep(10);
    await meanwhile(client);
  }
  return answer;
}

/** Follows from what is in an incident by then, and so depends on what comes together; or is a number or a route that is made anew. */
const derived = new Set([
  'IncidentRegistered',
  'AlertsRouted',
  'IncidentNamedAutomatically',
  'IncidentSeverityChanged',
]);

/** How often each type of event was written, but for what is derived. */
function countsOf(events: readonly RecordedEvent<DocketEvent>[]): string[] {
  const counts = new Map<string, number>();
  for (const { type } of events) if (!derived.has(type)) counts.set(type, (counts.get(type) ?? 0) + 1);
  return [...counts].map(([type, count]) => `${type} ×${count}`).sort();
}

async function effectsSince(docket: MortalDocket, position: bigint | undefined): Promise<string[]> {
  const truth = StoredTruth.of(docket.folder);
  try {
    return countsOf(await truth.since(position));
  } finally {
    await truth.close();
  }
}

/** An answer names where its effect is: the event at the revision it gives, and of an alert the incident that it is in. */
async function notAsAnswered(truth: StoredTruth, { body }: Answer): Promise<string[]> {
  const events = await truth.since(undefined);
  const wrong: string[] = [];
  for (const { id, incidentId, revision, position } of [body, ...(Array.isArray(body.value) ? body.value : [])]) {
    if (revision !== undefined) {
      const event = events.find((each) => each.stream === `incident-${incidentId}` && each.revision === revision);
      if (String(event?.position) !== position)
        wrong.push(`acknowledged: event ${revision} of incident ${incidentId} at ${position}, which is not there`);
    }
    if (typeof id === 'string' && typeof incidentId === 'string') {
      const added = events.some(
        ({ stream, type, data }) =>
          stream === `incident-${incidentId}` && type === 'AlertAdded' && data.alert.alertId === id,
      );
      if (!added) wrong.push(`acknowledged: alert ${id} in incident ${incidentId}, where it is not`);
    }
  }
  return wrong;
}

function differing(what: string, is: unknown, allowed: readonly unknown[]): string[] {
  const texts = allowed.map((each) => JSON.stringify(each));
  return texts.includes(JSON.stringify(is)) ? [] : [`${what} ${JSON.stringify(is)}, not ${texts.join(' or ')}`];
}
