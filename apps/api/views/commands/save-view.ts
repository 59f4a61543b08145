import { CommandHandler } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';
import { saveView } from '#incidents';
import type { ViewQuery } from '#incidents';
import { Document, Optional, YesOrNo } from '../../http/fields.js';
import { invalid } from '../../http/invalid.js';
import { readDto } from '../../http/dto-pipe.js';
import type { Sent } from '../../http/envelope.js';
import { QueueParameters } from '../../incidents/queries/list-incidents.js';
import { ViewDesk } from '../view-desk.js';
import { assertName } from '../view-name.js';

export class ViewBody {
  @Document({ description: 'Filters and order, as `GET /v1/incidents` takes them; `me` is whoever uses the view.' })
  query: Record<string, unknown>;
  @Optional() @YesOrNo({ description: 'Whether it is for everybody.' }) shared?: boolean;
}

/** `owner`: whose it is to be; null: everybody's. */
export class SaveView {
  constructor(
    readonly owner: string | null,
    readonly name: string,
    readonly body: ViewBody,
    readonly sent: Sent,
  ) {}
}

@CommandHandler(SaveView)
export class SaveViewHandler implements ICommandHandler<SaveView> {
  constructor(private readonly desk: ViewDesk) {}

  execute({ owner, name, body: { query }, sent }: SaveView) {
    return this.desk.decide(owner, assertName(name), sent, saveView(name, readViewQuery(query)));
  }
}

/** What belongs to a page, not to a view. */
const ofPages: readonly string[] = ['limit', 'cursor', 'view', 'facets', 'changedSince'];
const mostCharacters = 16_384;

/** Checked and read as the queue itself does it. */
function readViewQuery(query: Record<string, unknown>): ViewQuery {
  const stranger = Object.keys(query).find((name) => ofPages.includes(name));
  if (stranger !== undefined) throw invalid('body', `query.${stranger}`, 'is of a page, not of a view: leave it out');
  if (JSON.stringify(query).length > mostCharacters)
    throw invalid('body', 'query', `must have at most ${mostCharacters} characters in all`);
  const read = Object.entries(readDto(QueueParameters, query, 'body')).filter(([, value]) => value !== undefined);
  return Object.fromEntries(read);
}
