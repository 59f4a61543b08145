import { Controller, Get, Inject, Param, Query, Req, Res, applyDecorators } from '@nestjs/common';
import type { BeforeApplicationShutdown } from '@nestjs/common';
import { ApiHeader, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { EventLog } from '#event-store';
import { Problem } from '#platform';
import { EVENT_LOG } from '../event-log.js';
import { Optional } from '../http/fields.js';
import { invalid } from '../http/invalid.js';
import { Operation } from '../http/operation.js';
import type { About } from '../http/operation.js';
import { Position } from '../http/position.js';
import { isIncidentId } from '../incidents/incident-desk.js';
import { LiveEntry } from '../openapi/models.js';
import { LastEventId } from './last-event-id.js';
import { LiveFeed } from './live-feed.js';
import type { Ending } from './messages.js';
import { lastOf } from './missed.js';

const STREAM = 'text/event-stream';

export class LiveParameters {
  @Optional()
  @Position('after', 'First what came behind this position; without it, from now. `Last-Event-ID` goes before it.')
  after?: string;
}

const Streams = (about: Pick<About, 'summary' | 'description' | 'problems'>) =>
  applyDecorators(
    ApiProduces(STREAM),
    ApiHeader({ name: 'Last-Event-ID', description: 'The id of the last message that came: go on behind it.' }),
    Operation({ access: 'SecurityIncident.Read.All', answers: LiveEntry, ...about }),
  );

@ApiTags('Live')
@Controller('v1')
export class LiveController implements BeforeApplicationShutdown {
  constructor(
    @Inject(EVENT_LOG) private readonly log: EventLog,
    private readonly feed: LiveFeed,
  ) {}

  @Get('live')
  @Streams({
    summary: 'What happens to all incidents, as it happens',
    description:
      'Server-sent events, each an entry of the comments and history with its incident; the id is its position. Read from the log ' +
      'itself.',
    problems: ['too-many-streams'],
  })
  async followAll(
    @Query() { after }: LiveParameters,
    @LastEventId() lastId: bigint | undefined,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const position = await this.beginning(after, lastId);
    this.serve(request, reply, position, undefined);
  }

  @Get('incidents/:incidentId/live')
  @Streams({
    summary: 'What happens to an incident and its alerts, as it happens',
    description:
      'As `GET /v1/live`. Where the incident is merged into another, a last event says so, and nothing follows.',
    problems: ['unknown-incident', 'too-many-streams'],
  })
  async followIncident(
    @Param('incidentId') incidentId: string,
    @Query() { after }: LiveParameters,
    @LastEventId() lastId: bigint | undefined,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const last = isIncidentId(incidentId) ? await lastOf(this.log, incidentId) : undefined;
    if (!last) throw new Problem('unknown-incident');
    const { mergedInto } = last;
    // Whoever has heard the end and comes all the same is told in the one way that every client understands to stay away.
    if (mergedInto !== undefined && lastId !== undefined && lastId >= last.position)
      return void (await reply.status(204).send());
    const position = await this.beginning(after, lastId);
    const ending: Ending | undefined =
      mergedInto === undefined ? undefined : { because: 'merged', redirectIncidentId: mergedInto };
    this.serve(request, reply, position, incidentId, ending);
  }

  /** A client that is cut off goes on where it was. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.feed.stop();
  }

  private async beginning(after: string | undefined, lastId: bigint | undefined): Promise<bigint> {
    const wanted = lastId ?? (after === undefined ? undefined : BigInt(after));
    const position = await this.feed.beginsAt(wanted);
    if (position !== undefined) return position;
    const [where, name] = lastId === undefined ? (['query', 'after'] as const) : (['header', 'Last-Event-ID'] as const);
    throw invalid(where, name, 'is beyond the end of the log: it comes from another docket; leave it out to begin now');
  }

  private serve(
    { method, principal, raw: { destroyed } }: FastifyRequest,
    reply: FastifyReply,
    position: bigint,
    incidentId: string | undefined,
    ending?: Ending,
  ): void {
    if (method === 'HEAD') return void reply.header('content-type', STREAM).send();
    if (destroyed) return void reply.hijack(); // it left before it began
    const { id: actorId, expiresAt } = principal!;
    this.feed.serve(reply.raw, position, { actorId, incidentId, expiresAt }, ending);
    void reply.hijack();
  }
}
