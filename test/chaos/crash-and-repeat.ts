import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer, Client } from '../e2e/client.js';
import type { CrashPoint } from './crash-points.js';
import type { Attempt, CrashingCommand } from './crashing-commands.js';
import { StoredTruth } from './kept-promises.js';
import type { CrashMoment, MortalDocket, Order } from './mortal-docket.js';

/** What a command does when nothing comes between. */
export interface Uncrashed {
  readonly appends: readonly string[];
  readonly status: number;
  /** How often each type of event was written. */
  readonly events: readonly string[];
}

/** Carries a command out with no crash but the one that it begins with, if it does. */
export async function uncrashed(docket: MortalDocket, command: CrashingCommand): Promise<Uncrashed> {
  const { attempt, before } = await begin(docket, command);
  let answer: Answer | undefined;
  if (command.diesFirst) {
    await dieAt(docket, attempt, { ...holdOf(command), dies: command.diesFirst });
    docket.order({});
    await docket.start();
    const broken = await StoredTruth.look(docket, (truth) => truth.brokenPromises());
    if (broken.length > 0) throw new Error(broken.join('\n'));
  } else {
    docket.order(holdOf(command));
    answer = await carryOut(docket, attempt, await docket.as('kim', 'admin'));
  }
  docket.noOrder();
  const { status, body } = answer ?? (await attempt.send(await docket.as('kim', 'admin')));
  if (status >= 300) throw new Error(`It is answered with ${status}: ${JSON.stringify(body)}`);
  const events = await StoredTruth.look(docket, (truth) => truth.effectsSince(before));
  return { appends: docket.appends, status, events };
}

/**
 * Kills the docket at a point of the command, starts it again, and looks; then repeats the command, twice. Gives back what was promised
 * and does not hold, a line each. Throws where it does not die.
 */
export async function crashAndRepeat(
  docket: MortalDocket,
  command: CrashingCommand,
  { dies }: CrashPoint,
  wanted: Pick<Uncrashed, 'status' | 'events'>,
): Promise<string[]> {
  const { attempt, before } = await begin(docket, command);
  const answer = await dieAt(docket, attempt, { ...holdOf(command), dies: command.diesFirst ?? dies });
  if (command.diesFirst) {
    docket.order({ dies });
    await docket.start().catch(() => undefined); // it may die before it is ready
    await death(docket, dies);
  }
  docket.noOrder();
  await docket.start();

  return StoredTruth.look(docket, async (truth) => {
    const broken = await truth.brokenPromises();
    if (answer && answer.status < 300) broken.push(...(await truth.notAsAnswered(answer)));
    if (broken.length > 0) return broken;

    const client = await docket.as('kim', 'admin');
    const repeated = await attempt.send(client);
    const twice = await attempt.send(client);
    const { whenRepeated } = command;
    return [
      ...differing('the repeated command is answered', repeated.status, [wanted.status, whenRepeated ?? wanted.status]),
      ...(whenRepeated ? [] : differing('the second repetition is answered', twice.body, [repeated.body])),
      ...differing('the events of the command are', await truth.effectsSince(before), [wanted.events]),
      ...(await truth.notAsAnswered(repeated)),
      ...(await truth.brokenPromises()),
    ];
  });
}

async function begin(docket: MortalDocket, command: CrashingCommand) {
  const attempt = await command.prepare(await docket.as('kim', 'admin'));
  return { attempt, before: await StoredTruth.look(docket, ({ log }) => log.head()) };
}

const holdOf = ({ hold }: CrashingCommand): Order => (hold ? { hold } : {});

/** Gives back the answer, if one came nevertheless. */
async function dieAt(
  docket: MortalDocket,
  attempt: Attempt,
  order: Order & { readonly dies: CrashMoment },
): Promise<Answer | undefined> {
  const client = await docket.as('kim', 'admin');
  docket.order(order);
  const answer = carryOut(docket, attempt, client).catch(() => undefined);
  await death(docket, order.dies);
  return answer;
}

async function death(docket: MortalDocket, { append, nth, when }: CrashMoment, withinMs = 60_000): Promise<void> {
  const gone = docket.gone().then(() => true);
  if (!(await Promise.race([gone, sleep(withinMs, false, { ref: false })])))
    throw new Error(`It does not die ${when} ${append}, but appends ${docket.appends.join(', ')}`);
  const count = docket.appends.filter((name) => name === append).length;
  if (count !== (when === 'after' ? nth : nth - 1))
    throw new Error(`It died, but not ${when} ${append}; it had appended ${docket.appends.join(', ')}`);
}

/** Sends the command, and does beside it what others do when it is under way. */
async function carryOut(docket: MortalDocket, { send, meanwhile }: Attempt, client: Client): Promise<Answer> {
  const answer = send(client);
  if (!meanwhile) return answer;
  let isOver = false;
  void answer.then(
    () => (isOver = true),
    () => (isOver = true),
  );
  while (!isOver && !docket.appends.includes('AlertsRouted')) await sleep(10);
  await meanwhile(client);
  return answer;
}

function differing(what: string, is: unknown, allowed: readonly unknown[]): string[] {
  const texts = [...new Set(allowed.map((each) => JSON.stringify(each)))];
  return texts.includes(JSON.stringify(is)) ? [] : [`${what} ${JSON.stringify(is)}, not ${texts.join(' or ')}`];
}
