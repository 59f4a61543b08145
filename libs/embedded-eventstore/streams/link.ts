import type { EventLog } from '../storage/log.js';
import type { StoredEvent } from '../storage/record.js';
import { firstVisible, isDeleted, retention } from './metadata.js';
import { DELETED } from '../protocol/revision.js';

/** Type of the events that stand for another one: their data is `revision@stream`. */
const LINK = '$>';

export const isLink = (event: StoredEvent): boolean => event.type === LINK;

/** What a link leads to; undefined where that is not there, any more or ever, or nobody may see it. */
export function targetOf(log: EventLog, link: StoredEvent): StoredEvent | undefined {
  const [, revision, stream] = /^(\d{1,16})@(.+)$/s.exec(link.data.toString()) ?? [];
  if (revision === undefined || stream === undefined) return undefined;
  const id = log.streamId(stream);
  const last = id === undefined ? undefined : log.last(id, stream);
  if (id === undefined || !last || last.revision === DELETED) return undefined;
  const retained = retention(log, stream);
  if (isDeleted(retained) || Number(revision) < firstVisible(retained, last.revision)) return undefined;
  return log.event(id, stream, Number(revision));
}
