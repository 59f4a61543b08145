import { Body, Controller, Get, Param, Post } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiBody, ApiHeader, ApiResponse, ApiTags } from '@nestjs/swagger';
import { bodyLimits } from '../http/body-parsers.js';
import { DocketAfter } from '../http/docket-after.js';
import { Envelope } from '../http/envelope.js';
import type { Sent } from '../http/envelope.js';
import { Operation } from '../http/operation.js';
import type { About } from '../http/operation.js';
import { AssignBody, CommentBody } from '../incidents/commands/index.js';
import { NoBody } from '../incidents/commands/incident-command.js';
import { ClassifyBody, ResolveBody } from '../judgement.js';
import { Alert, CommandAnswer, MoveAnswer, ReportAnswer, ReportResults } from '../openapi/models.js';
import { reportBody } from '../openapi/report-body.js';
import * as commands from './commands/index.js';
import { PrefersAsync } from './prefer.js';
import { GetAlert } from './queries/index.js';

const Changes = (summary: string, about: Partial<About> = {}) =>
  Operation({
    access: 'SecurityAlert.ReadWrite.All',
    summary,
    answers: CommandAnswer,
    isCommand: true,
    canMatch: true,
    ...about,
    problems: ['unknown-alert', 'alert-not-routed', ...(about.problems ?? [])],
  });

@ApiTags('Alerts')
@Controller('v1/alerts')
export class AlertsController {
  constructor(
    private readonly commandBus: CommandBus,
    private readonly queryBus: QueryBus,
  ) {}

  @Post()
  @Operation({
    access: 'SecurityAlert.ReadWrite.All',
    summary: 'Report one alert, or up to 1,000',
    description:
      'One Graph alert answers 201, or 200 where it was here already. An array, or NDJSON (application/x-ndjson), answers 200 with a result for each, in order.',
    answers: ReportAnswer,
    status: 201,
    isCommand: true,
    bodyLimit: bodyLimits.intake,
    problems: ['unknown-incident', 'incident-resolved', 'too-many-alerts'],
  })
  @ApiHeader({
    name: 'Prefer',
    description:
      '`respond-async`: answer as soon as the reports are safe, with `Preference-Applied` and without waiting for incidents: `incidentId` is null.',
    example: 'respond-async',
  })
  @ApiResponse({ status: 200, type: ReportResults, description: 'The results of many alerts.' })
  @ApiResponse({
    status: 202,
    type: ReportAnswer,
    description: 'Safe; its incident follows (`Prefer: respond-async`).',
  })
  @ApiBody(reportBody)
  reportAlerts(@Body() body: unknown, @Envelope() sent: Sent, @PrefersAsync() atOnce: boolean): Promise<object> {
    return this.commandBus.execute(
      Array.isArray(body)
        ? new commands.ReportAlerts(body, sent, atOnce)
        : new commands.ReportAlert(body, sent, atOnce),
    );
  }

  @Post('move')
  @Changes('Move alerts to another incident, or to a new one', {
    answers: MoveAnswer,
    canMatch: false,
    problems: ['unknown-incident', 'incident-redirected', 'incident-resolved', 'too-many-alerts', 'alerts-moved'],
  })
  moveAlerts(@Body() body: commands.MoveBody, @Envelope() sent: Sent) {
    return this.commandBus.execute(new commands.MoveAlerts(body, sent));
  }

  @Get(':alertId')
  @Operation({
    access: 'SecurityAlert.Read.All',
    summary: 'One alert, with all that its report held',
    answers: Alert,
    canWait: true,
    problems: ['unknown-alert'],
  })
  getAlert(@Param('alertId') alertId: string, @DocketAfter() after: bigint | undefined) {
    return this.queryBus.execute(new GetAlert(alertId, after));
  }

  @Post(':alertId/assign')
  @Changes('Assign it; `me` takes it', { problems: ['already-assigned'] })
  assignAlert(@Param('alertId') id: string, @Body() body: AssignBody, @Envelope() sent: Sent) {
    return this.commandBus.execute(new commands.AssignAlert(id, body, sent));
  }

  @Post(':alertId/unassign')
  @Changes('Take it from its owner')
  unassignAlert(@Param('alertId') id: string, @Body() body: NoBody, @Envelope() sent: Sent) {
    return this.commandBus.execute(new commands.UnassignAlert(id, body, sent));
  }

  @Post(':alertId/start')
  @Changes('Begin to investigate it; a closed alert is reopened', { problems: ['incident-resolved'] })
  startAlertInvestigation(@Param('alertId') id: string, @Body() body: NoBody, @Envelope() sent: Sent) {
    return this.commandBus.execute(new commands.StartAlertInvestigation(id, body, sent));
  }

  @Post(':alertId/resolve')
  @Changes('Resolve it; its incident stays as it is')
  resolveAlert(@Param('alertId') id: string, @Body() body: ResolveBody, @Envelope() sent: Sent) {
    return this.commandBus.execute(new commands.ResolveAlert(id, body, sent));
  }

  @Post(':alertId/reopen')
  @Changes('Reopen it', { problems: ['incident-resolved'] })
  reopenAlert(@Param('alertId') id: string, @Body() body: NoBody, @Envelope() sent: Sent) {
    return this.commandBus.execute(new commands.ReopenAlert(id, body, sent));
  }

  @Post(':alertId/classify')
  @Changes('Say whether it was real, and what it was')
  classifyAlert(@Param('alertId') id: string, @Body() body: ClassifyBody, @Envelope() sent: Sent) {
    return this.commandBus.execute(new commands.ClassifyAlert(id, body, sent));
  }

  @Post(':alertId/comments')
  @Changes('Comment on it')
  commentOnAlert(@Param('alertId') id: string, @Body() body: CommentBody, @Envelope() sent: Sent) {
    return this.commandBus.execute(new commands.CommentOnAlert(id, body, sent));
  }
}
