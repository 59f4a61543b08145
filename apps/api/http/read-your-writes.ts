import type { EventLog } from '#event-store';
import { ProjectionBehind } from '#read-model';
import type { ProjectionName, ReadModel } from '#read-model';
import { invalid } from './invalid.js';

const places = { 'Docket-After': 'header', changedSince: 'query' } as const;

/** Queries wait here until the read model shows what their caller has seen already. */
export class ReadYourWrites {
  constructor(
    private readonly readModel: Pick<ReadModel, 'checkpoints'>,
    private readonly log: EventLog,
  ) {}

  /**
   * `position`: undefined where nothing was sent. Throws ProjectionBehind where that takes too long, and Problem invalid-request where it will
   * never be: a client that waits for it would ask for ever.
   */
  async shown(
    projection: ProjectionName,
    position: bigint | undefined,
    sentAs: keyof typeof places = 'Docket-After',
  ): Promise<void> {
    if (position === undefined) return;
    try {
      await this.readModel.checkpoints.reached(projection, position);
    } catch (error) {
      if (!(error instanceof ProjectionBehind) || position <= ((await this.log.head()) ?? 0n)) throw error;
      const why = 'is beyond the end of the log: it comes from another docket, or from before this one was restored; ';
      throw invalid(places[sentAs], sentAs, `${why}begin anew without it`);
    }
  }
}
