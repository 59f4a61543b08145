import { Inject } from '@nestjs/common';
import { QueryHandler } from '@nestjs/cqrs';
import type { IQueryHandler } from '@nestjs/cqrs';
import type { EventLog } from '#event-store';
import { assetKinds } from '#incidents';
import type { AssetKind } from '#incidents';
import { Problem } from '#platform';
import { ReadModel, incidentAt } from '#read-model';
import { EVENT_LOG } from '../../event-log.js';
import { positionText } from '../../http/answer.js';
import { OneOf, Optional } from '../../http/fields.js';
import { ReadYourWrites } from '../../http/read-your-writes.js';
import type { AssetPage } from '../../openapi/models.js';
import { isIncidentId } from '../incident-desk.js';
import { PageParameters } from './list-incidents.js';

export class AssetParameters extends PageParameters {
  @Optional() @OneOf(assetKinds, { description: 'Only these.' }) kind?: AssetKind;
}

/** The impacted assets of one incident, by kind and key. `after`: not older than this position. */
export class ListAssetsOfIncident {
  constructor(
    readonly incidentId: string,
    readonly parameters: AssetParameters,
    readonly after: bigint | undefined,
  ) {}
}

@QueryHandler(ListAssetsOfIncident)
export class ListAssetsOfIncidentHandler implements IQueryHandler<ListAssetsOfIncident> {
  constructor(
    private readonly readModel: ReadModel,
    private readonly seen: ReadYourWrites,
    @Inject(EVENT_LOG) private readonly log: EventLog,
  ) {}

  async execute({ incidentId, parameters, after }: ListAssetsOfIncident): Promise<AssetPage> {
    if (!isIncidentId(incidentId)) throw new Problem('unknown-incident');
    await this.seen.shown('incidents', after);
    const page = await this.readModel.assetsOf(incidentId, parameters);
    if (page.total === 0 && !(await incidentAt(this.log, incidentId, { revision: 0 })))
      throw new Problem('unknown-incident');
    return { ...page, position: positionText(page.position) };
  }
}
