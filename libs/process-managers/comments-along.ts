import { randomUUID } from 'node:crypto';
import { OutcomeUnknown } from '#event-store';
import type { Command, Execution } from '#event-store';
import { importComments, importCommentsOnAlert, streams } from '#incidents';
import type { CommentImported, IncidentEvent, Refusal } from '#incidents';
import type { AlertDesk } from './alert-desk.js';
import type { Taken } from './alerts-along.js';
import { inChunks } from './chunks.js';
import type { Incidents } from './transfers.js';
import type { Whereabouts } from './whereabouts.js';

type Comment = CommentImported['data'];

/** What became of comments. */
export interface CommentsTaken {
  readonly imported: number;
  readonly unchanged: number;
  /** Comments on alerts that are waiting: they are written when all is sent again. */
  readonly leftOut: readonly Comment[];
}

/** Writes down what was said elsewhere: each comment once, in the incident that it is about or whose alert it is about. */
export class CommentsAlong {
  constructor(
    private readonly incidents: Incidents,
    private readonly whereabouts: Whereabouts,
    private readonly desk: AlertDesk,
  ) {}

  /**
   * `way`: the incident that was imported, and the ones that it was merged into; the last of them takes the comments. `ofIncident`: on the
   * incident itself. An alert that was refused takes its comments with it.
   */
  async takeIn(
    command: Command,
    way: readonly string[],
    ofIncident: readonly Comment[],
    taken: readonly Taken[],
  ): Promise<CommentsTaken> {
    const incidentId = way.at(-1)!;
    const commentsOf = (which: (each: Taken) => boolean) => taken.filter(which).flatMap(({ alert }) => alert.comments);
    const isHere = ({ arrival }: Taken) => arrival.incidentId === incidentId;
    const isElsewhere = ({ arrival }: Taken) => arrival.outcome === 'elsewhere';

    const here = [...ofIncident, ...commentsOf(isHere)];
    let imported = await this.writeHere(command, way, here);
    for (const each of taken.filter(isElsewhere)) imported += await this.writeWhereItIs(command, way, each);
    return {
      imported,
      unchanged: here.length + commentsOf(isElsewhere).length - imported,
      leftOut: commentsOf(({ arrival }) => arrival.outcome === 'waiting'),
    };
  }

  private async writeHere(command: Command, way: readonly string[], comments: readonly Comment[]): Promise<number> {
    const known = await this.writtenIn(way.slice(0, -1));
    const fresh = comments.filter(({ contentHash }) => !known.has(contentHash));
    const stream = streams.incident(way.at(-1)!);
    let written = 0;
    for (const chunk of chunksOf(fresh, command)) {
      const execution = await this.incidents.execute<Refusal>(stream, step(command), importComments(chunk));
      if (execution.outcome === 'refused') throw new OutcomeUnknown(stream, execution.refusal); // merged at this moment
      written += countOf(execution);
    }
    return written;
  }

  /** The alert may have been moved after its comments came: then they are where it was. */
  private async writeWhereItIs(command: Command, way: readonly string[], { alert, arrival }: Taken): Promise<number> {
    if (alert.comments.length === 0) return 0;
    const alertId = alert.report.id;
    const known = await this.writtenIn([...way, ...(await this.whereabouts.before(arrival.incidentId!, alertId))]);
    const comments = alert.comments.filter(({ contentHash }) => !known.has(contentHash));
    let written = 0;
    for (const chunk of chunksOf(comments, command))
      written += countOf(await this.desk.decide(alertId, step(command), importCommentsOnAlert(alertId, chunk)));
    return written;
  }

  private async writtenIn(incidentIds: readonly string[]): Promise<Set<string>> {
    const written = new Set<string>();
    for (const incidentId of incidentIds) {
      const { state } = await this.incidents.load(streams.incident(incidentId));
      for (const contentHash of state?.importedComments ?? []) written.add(contentHash);
    }
    return written;
  }
}

/** As many at once as fit into an append. */
const chunksOf = (comments: readonly Comment[], { actor, correlationId }: Command): Comment[][] =>
  inChunks(comments, (comment) => [comment, actor, correlationId]);

const step = ({ actor, correlationId }: Command): Command => ({ id: randomUUID(), actor, correlationId });

const countOf = (execution: Execution<IncidentEvent, Refusal>): number =>
  execution.outcome === 'refused' ? 0 : execution.events.length;
