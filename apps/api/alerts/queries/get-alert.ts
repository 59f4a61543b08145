import { Inject } from '@nestjs/common';
import { QueryHandler } from '@nestjs/cqrs';
import type { IQueryHandler } from '@nestjs/cqrs';
import type { EventLog } from '#event-store';
import { streams } from '#incidents';
import { Problem } from '#platform';
import { ReadModel, presentAlert } from '#read-model';
import type { AlertDocument, PresentedAlert } from '#read-model';
import { EVENT_LOG } from '../../event-log.js';
import { ReadYourWrites } from '../../http/read-your-writes.js';
import { isAlertId } from '../graph-alert.js';

/** One alert, with everything that its report held. `after`: not older than this position. */
export class GetAlert {
  constructor(
    readonly alertId: string,
    readonly after: bigint | undefined,
  ) {}
}

@QueryHandler(GetAlert)
export class GetAlertHandler implements IQueryHandler<GetAlert> {
  constructor(
    private readonly readModel: ReadModel,
    private readonly seen: ReadYourWrites,
    @Inject(EVENT_LOG) private readonly log: EventLog,
  ) {}

  async execute({ alertId, after }: GetAlert): Promise<PresentedAlert> {
    const document = isAlertId(alertId) ? await this.find(alertId, after) : undefined;
    if (!document) throw new Problem('unknown-alert', { extras: { alertIds: [alertId] } });
    return presentAlert(document);
  }

  /** An alert that was reported a moment ago may not be in the read model yet: then its stream says how long to wait. */
  private async find(alertId: string, after: bigint | undefined): Promise<AlertDocument | null> {
    await this.seen.shown('alerts', after);
    const document = await this.readModel.alert(alertId);
    if (document) return document;
    for await (const { position } of this.log.read(streams.alert(alertId), { direction: 'backwards', max: 1 })) {
      await this.readModel.checkpoints.reached('alerts', position);
      return this.readModel.alert(alertId);
    }
    return null;
  }
}
