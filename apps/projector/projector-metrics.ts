import type { Appends } from '#event-store';
import { Figures, tellAppends } from '#platform';
import type { Measured, MetricsSource } from '#platform';
import { projectionNames } from '#read-model';
import type { ReadModel } from '#read-model';
import { follows } from './supervised.js';
import type { Supervised } from './supervised.js';
import type { Projector } from './projector.js';

/** What a projector is measured by; while it stands by, that it does and no more. */
export class ProjectorMetrics implements MetricsSource {
  constructor(
    private readonly projector: Pick<Projector, 'isProjecting' | 'running'>,
    private readonly readModel: Pick<ReadModel, 'parked'>,
    private readonly appends: Readonly<Appends>,
  ) {}

  async measured(): Promise<Measured> {
    const { isProjecting, running } = this.projector;
    const figures = new Figures().tell('docket_projector_lease_held', isProjecting ? 1 : 0);
    tellAppends(figures, this.appends);
    await Promise.all([
      ...running.map((process) => tellProcess(figures, process)),
      isProjecting && this.#parked(figures),
    ]);
    return figures.measured();
  }

  async #parked(figures: Figures): Promise<void> {
    const parked = await this.readModel.parked().catch(() => undefined);
    for (const process of projectionNames)
      figures.tell('docket_projector_parked', parked?.filter(({ projection }) => projection === process).length, {
        process,
      });
  }
}

/** Where the store does not answer, how far it is behind is not known. */
async function tellProcess(figures: Figures, { name: process, state, running }: Supervised): Promise<void> {
  figures.tell('docket_projector_up', follows(state) ? 1 : 0, { process });
  if (!running) return;
  const { position, handled } = running;
  figures
    .tell('docket_projector_position', Number(position ?? 0n), { process })
    .tell('docket_projector_batches_total', handled.batches, { process })
    .tell('docket_projector_events_total', handled.events, { process })
    .tell('docket_projector_handling_seconds_total', handled.seconds, { process });
  const lag = await running.lag().catch(() => undefined);
  figures
    .tell('docket_projector_lag_events', lag?.events, { process })
    .tell('docket_projector_lag_seconds', lag?.seconds, { process });
}
