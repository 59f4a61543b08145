import type { ServerResponse } from 'node:http';
import { Controller, Get, Header, Inject, Query, Res } from '@nestjs/common';
import type { BeforeApplicationShutdown } from '@nestjs/common';
import { ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { auditEvents } from '#audit';
import type { EventLog } from '#event-store';
import { EVENT_LOG } from '../event-log.js';
import { Operation } from '../http/operation.js';
import { EventLine } from '../openapi/models.js';
import { eventLines } from './event-lines.js';
import { EventsParameters } from './events-parameters.js';

const NDJSON = 'application/x-ndjson';

@ApiTags('Log')
@Controller('v1/events')
export class EventsController implements BeforeApplicationShutdown {
  private readonly underWay = new Set<ServerResponse>();

  constructor(@Inject(EVENT_LOG) private readonly log: EventLog) {}

  @Get()
  @Header('content-type', NDJSON)
  @ApiProduces(NDJSON)
  @Operation({
    access: 'AuditLog.Read.All',
    summary: 'The log: every event as it was written, in the order of positions',
    description:
      'One event a line, then a last line `{"end":{"position":"4711"}}`, which says up to where the log was looked at: send it as ' +
      '`after` to go on. An answer without that line was cut off: go on after the last whole line.',
    answers: EventLine,
  })
  listEvents(
    @Query() { type, from, to, after, upTo, ...same }: EventsParameters,
    @Res({ passthrough: true }) { raw: response }: FastifyReply,
  ): AsyncIterable<string> {
    const gone = new AbortController();
    const events = auditEvents(this.log, {
      ...same,
      types: type,
      from: from === undefined ? undefined : new Date(from),
      to: to === undefined ? undefined : new Date(to),
      after: after === undefined ? undefined : BigInt(after),
      upTo: upTo === undefined ? undefined : BigInt(upTo),
      signal: gone.signal,
    });
    this.underWay.add(response);
    response.once('close', () => {
      this.underWay.delete(response);
      gone.abort(); // or a client that left would be read for until the next event that it had asked for
    });
    return eventLines(events);
  }

  /** A client that reads slowly would hold up a stop for as long as it likes; one that is cut off goes on where it was. */
  beforeApplicationShutdown(): void {
    for (const response of this.underWay) response.destroy();
  }
}
