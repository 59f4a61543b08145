import { setTimeout as sleep } from 'node:timers/promises';
import { Served, projectionNames } from '#read-model';
import type { DocketInParts } from './docket-in-parts.js';

/** What befalls the read side while clients are at work; afterwards one projector works again. */
export type Fault = (docket: DocketInParts) => Promise<void>;

/** Dies at its own bulks of writes, which are nothing, half, or whole carried out, and begins again. */
export const killedAmidWrites =
  (times: number): Fault =>
  async (docket) => {
    await docket.projector.stop('SIGKILL');
    for (let life = 0; life < times; life += 1) {
      await docket.giveLeaseBack();
      await docket.startDoomedProjector({ nth: 1 + Math.floor(Math.random() * 12), share: (life % 3) / 2 });
    }
    await docket.giveLeaseBack();
    await docket.startProjector();
    await projecting(docket);
  };

/** By hand, as somebody would who wants a part of the log to be projected once more. */
export const checkpointsSetBack: Fault = async (docket) => {
  await sleep(500);
  await docket.projector.stop('SIGKILL');
  const { checkpoints } = (await Served.open(docket.db)).generation.collections;
  const events = [];
  for await (const { stream, revision, id, position } of docket.log.readAll())
    events.push({ stream, revision, id, position });
  for (const [nth, name] of projectionNames.entries()) {
    const event = events[Math.floor((events.length * nth) / projectionNames.length)]!;
    await checkpoints.updateOne({ _id: name }, { $set: { position: event.position, event } });
  }
  await docket.giveLeaseBack();
  await docket.startProjector();
  await projecting(docket);
};

/** Killed, and stopped in order: the API and the projector outlive both. */
export const mongoStopped: Fault = async (docket) => {
  for (const signal of ['SIGKILL', 'SIGTERM'] as const) {
    await sleep(300);
    await docket.stopMongo(signal);
    await sleep(500);
    await docket.startMongo();
  }
  await projecting(docket);
};

/**
 * The one that works is put to sleep in whatever it does; the one that stood by takes over; the first wakes up, and for a moment both
 * write; then the second alone; then it is killed, and the first takes over with all that it remembers. `waits`: until the lease of the dead has stood
 * still for long enough.
 */
export const twoProjectors =
  ({ waits }: { waits: boolean }): Fault =>
  async (docket) => {
    const first = docket.projector;
    const held = await docket.leaseHolder();
    const second = await docket.startProjector();
    first.signal('SIGSTOP');
    await until('the second projector takes over', async () => (await docket.leaseHolder()) !== held, 15_000);
    first.signal('SIGCONT');
    await first.says(/stands by/);
    await sleep(500);
    await projecting(docket);
    await second.stop('SIGKILL');
    if (!waits) await docket.giveLeaseBack();
    await until('the first projector takes over again', async () => (await docket.leaseHolder()) === held, 15_000);
    docket.projector = first;
    await projecting(docket);
  };

/**
 * Killed where a generation is being made, by itself or by the projector too, and then once carried out. That of the dead is given up at
 * once: whoever killed it need not wait until it has shown no sign of life for long enough.
 */
export const rebuilt: Fault = async (docket) => {
  const { all: generations } = await Served.open(docket.db);
  const { serving } = await generations.state();
  const fatalPhase = Math.random() < 0.5 ? 'filling' : 'following';
  const killed = docket.startRebuild();
  await until(`a rebuild is ${fatalPhase}`, async () => (await generations.state()).next?.phase === fatalPhase, 20_000);
  await killed.stop('SIGKILL');
  const { next } = await generations.state();
  if (next) await generations.giveUp(next);

  const whole = docket.startRebuild();
  if ((await whole.ended) !== 0) throw new Error(`The rebuild failed:\n${whole.output}`);
  if (!whole.output.includes('with 0 differences'))
    throw new Error(`The rebuild found what it mended: ${whole.output}`);
  const now = await generations.state();
  if (now.serving <= serving) throw new Error(`Generation ${now.serving} serves after a rebuild of ${serving}`);
  await projecting(docket);
};

/** Resolves when everything that was written up to now is shown. */
async function projecting({ log, db }: DocketInParts): Promise<void> {
  const head = (await log.head()) ?? 0n;
  const served = await Served.open(db);
  for (const name of projectionNames)
    await until(
      `${name} shows ${head}`,
      async () => ((await served.checkpoints.position(name)) ?? -1n) >= head,
      20_000,
    );
}

async function until(what: string, isSo: () => Promise<boolean>, patienceMs: number): Promise<void> {
  const end = performance.now() + patienceMs;
  while (!(await isSo())) {
    if (performance.now() > end) throw new Error(`Within ${patienceMs} ms it does not come to this: ${what}`);
    await sleep(20);
  }
}
