import { QueryHandler } from '@nestjs/cqrs';
import type { IQueryHandler } from '@nestjs/cqrs';
import { ReadModel } from '#read-model';
import type { Parked } from '#read-model';
import { positionText } from '../../http/answer.js';
import type { ParkedList, ParkedThing } from '../../openapi/parked-models.js';

/** All that projections pass over: never more than a few hundred. */
export class ListParked {}

@QueryHandler(ListParked)
export class ListParkedHandler implements IQueryHandler<ListParked> {
  constructor(private readonly readModel: ReadModel) {}

  async execute(): Promise<ParkedList> {
    return { value: (await this.readModel.parked()).map(presented) };
  }
}

function presented({ id, kind, projection, reason, event, passedOver, time, unparkRequested }: Parked): ParkedThing {
  const { stream, revision, position, type } = event;
  return {
    id,
    kind,
    projection,
    reason,
    event: { stream, revision, type, position: positionText(position) },
    passedOver: positionText(passedOver),
    time,
    unparkRequested,
  };
}
