import { QueryHandler } from '@nestjs/cqrs';
import type { IQueryHandler } from '@nestjs/cqrs';
import type { ViewList } from '../../openapi/view-models.js';
import { ViewDesk } from '../view-desk.js';

/** Views that somebody can use. */
export class ListViews {
  constructor(readonly caller: string) {}
}

@QueryHandler(ListViews)
export class ListViewsHandler implements IQueryHandler<ListViews> {
  constructor(private readonly desk: ViewDesk) {}

  async execute({ caller }: ListViews): Promise<ViewList> {
    return { value: await this.desk.all(caller) };
  }
}
