import { QueryHandler } from '@nestjs/cqrs';
import type { IQueryHandler } from '@nestjs/cqrs';
import { limits } from '#incidents';
import { ReadModel } from '#read-model';
import { positionText } from '../../http/answer.js';
import { Optional, Typed, WholeNumber } from '../../http/fields.js';
import { ReadYourWrites } from '../../http/read-your-writes.js';
import type { TagPage } from '../../openapi/models.js';

export class TagParameters {
  @Optional()
  @Typed({ max: limits.tag, description: 'What the tag begins with, in any case; empty: all.', example: 'ph' })
  q?: string;
  @Optional() @WholeNumber({ min: 1, max: 200, default: 20, description: 'Tags at most.' }) limit?: number;
}

/** Tags that incidents have, for whoever begins to type one. `after`: not older than this position. */
export class ListTags {
  constructor(
    readonly parameters: TagParameters,
    readonly after: bigint | undefined,
  ) {}
}

@QueryHandler(ListTags)
export class ListTagsHandler implements IQueryHandler<ListTags> {
  constructor(
    private readonly readModel: ReadModel,
    private readonly seen: ReadYourWrites,
  ) {}

  async execute({ parameters, after }: ListTags): Promise<TagPage> {
    await this.seen.shown('incidents', after);
    const { position, ...list } = await this.readModel.tags(parameters);
    return { ...list, position: positionText(position) };
  }
}
