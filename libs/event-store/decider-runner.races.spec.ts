import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  DeciderRunner,
  OutcomeUnknown,
  type EventLog,
  type Execution,
  type ExpectedRevision,
  type PendingEvent,
} from './index.js';
import { InMemoryEventLog } from './testing/in-memory-event-log.js';
import { add, command, tally, tallyEvents, type LimitExceeded, type Tally, type TallyEvent } from './testing/tally.js';

type Outcome = Execution<TallyEvent, LimitExceeded>;
const types = tallyEvents();
const LIMIT = 30;

/** Every call to the store takes as long as the scheduler likes, before and after; some answers get lost, with or without the write. */
class ScheduledLog extends InMemoryEventLog {
  constructor(
    private readonly scheduler: fc.Scheduler,
    private readonly losses: readonly ('before' | 'after' | 'none')[],
  ) {
    super(types);
  }

  private calls = 0;
  private readonly turn = (what: string) => this.scheduler.schedule(Promise.resolve(), what);

  override async append(stream: string, expected: ExpectedRevision, events: readonly PendingEvent[]) {
    const loss = this.losses[this.calls++] ?? 'none';
    await this.turn('append');
    if (loss === 'before') throw new OutcomeUnknown(stream, 'lost on the way there');
    const appended = await super.append(stream, expected, events);
    await this.turn('appended');
    if (loss === 'after') throw new OutcomeUnknown(stream, 'lost on the way back');
    return appended;
  }

  /** All there is, at once. */
  whole() {
    return super.readAll();
  }

  override async *read(...args: Parameters<InMemoryEventLog['read']>) {
    await this.turn('read');
    for await (const event of super.read(...args)) {
      yield event;
      await this.turn('read on');
    }
  }
}

const runnerOn = (log: EventLog) =>
  new DeciderRunner<Tally, TallyEvent>(log, tally, { catalogue: types, clock: () => new Date(), attempts: 50 });

/** As a client does: the same command again until it is known what became of it. */
async function insist(runner: DeciderRunner<Tally, TallyEvent>, id: string, amount: number): Promise<Outcome> {
  for (;;) {
    try {
      return await runner.execute<LimitExceeded>('s', command(id), add(amount, LIMIT));
    } catch (error) {
      if (!(error instanceof OutcomeUnknown)) throw error;
    }
  }
}

describe('two runners on one stream, whatever the order of their calls and whichever answers get lost', () => {
  it('carry out each command once, keep the rules, and end with the state that the store has', async () => {
    const commands = fc.array(fc.record({ runner: fc.nat(1), id: fc.nat(7) }), { minLength: 2, maxLength: 12 });
    const losses = fc.array(fc.constantFrom('none' as const, 'none' as const, 'before' as const, 'after' as const), {
      maxLength: 12,
    });
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), commands, losses, async (scheduler, wanted, lost) => {
        const log = new ScheduledLog(scheduler, lost);
        const runners = [runnerOn(log), runnerOn(log)];
        const amountOf = (id: number) => (id * 3) % 8; // the same command has the same body; some have nothing to do
        const outcomes = await scheduler.waitFor(
          Promise.all(
            wanted.map(async ({ runner, id }) => ({
              id,
              outcome: await insist(runners[runner]!, `c${id}`, amountOf(id)),
            })),
          ),
        );
        const states = await scheduler.waitFor(
          Promise.all(runners.map(async (runner) => ({ ...(await runner.load('s')).state }))),
        );

        const stored: string[] = [];
        let total = 0;
        for await (const event of log.whole()) {
          stored.push(event.metadata.$causationId);
          total += (event.data as { amount: number }).amount;
          expect(total).toBeLessThanOrEqual(LIMIT);
        }
        expect(new Set(stored).size).toBe(stored.length);
        for (const { id, outcome } of outcomes) {
          if (outcome.outcome === 'appended' || outcome.outcome === 'repeated')
            expect(stored[outcome.revision]).toBe(`c${id}`);
        }
        for (const state of states) expect(state.total).toBe(total);
      }),
      { numRuns: 300 },
    );
  });
});
