import { Body, Controller, Get, Param, Post, Query, Req } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { bodyLimits } from '../http/body-parsers.js';
import { DocketAfter } from '../http/docket-after.js';
import { Envelope } from '../http/envelope.js';
import type { Sent } from '../http/envelope.js';
import { Operation } from '../http/operation.js';
import type { About } from '../http/operation.js';
import { ClassifyBody, ResolveBody } from '../judgement.js';
import { ImportAnswer } from '../openapi/import-models.js';
import {
  AlertPage,
  AssetPage,
  CommandAnswer,
  HistoryPageModel,
  Incident,
  IncidentPage,
  MergeAnswer,
} from '../openapi/models.js';
import { BulkResults } from './bulk/bulk-results.js';
import { NoBody } from './commands/incident-command.js';
import * as commands from './commands/index.js';
import * as queries from './queries/index.js';

const Asks = (about: Omit<About, 'access'>) => Operation({ access: 'SecurityIncident.Read.All', ...about });

const Changes = (summary: string, about: Partial<About> = {}) =>
  Operation({
    access: 'SecurityIncident.ReadWrite.All',
    summary,
    answers: CommandAnswer,
    isCommand: true,
    canMatch: true,
    ...about,
    problems: ['unknown-incident', 'incident-redirected', ...(about.problems ?? [])],
  });

@ApiTags('Incidents')
@Controller('v1/incidents')
export class IncidentsController {
  constructor(
    private readonly commandBus: CommandBus,
    private readonly queryBus: QueryBus,
  ) {}

  @Get()
  @Asks({ summary: 'The queue', answers: IncidentPage, canWait: true, problems: ['invalid-cursor', 'unknown-view'] })
  listIncidents(
    @Query() parameters: queries.QueueParameters,
    @DocketAfter() after: bigint | undefined,
    @Req() { principal }: FastifyRequest,
  ) {
    return this.queryBus.execute(new queries.ListIncidents(parameters, principal!.id, after));
  }

  @Get(':incidentId')
  @Asks({
    summary: 'One incident, as it is or as it was',
    answers: Incident,
    canWait: true,
    problems: ['unknown-incident', 'unknown-revision'],
  })
  getIncident(
    @Param('incidentId') incidentId: string,
    @Query() moment: queries.IncidentParameters,
    @DocketAfter() after: bigint | undefined,
  ) {
    return this.queryBus.execute(new queries.GetIncident(incidentId, moment, after));
  }

  @Get(':incidentId/alerts')
  @Asks({
    summary: 'The alerts of an incident',
    answers: AlertPage,
    canWait: true,
    problems: ['unknown-incident', 'invalid-cursor'],
  })
  listAlertsOfIncident(
    @Param('incidentId') incidentId: string,
    @Query() page: queries.PageParameters,
    @DocketAfter() after: bigint | undefined,
  ) {
    return this.queryBus.execute(new queries.ListAlertsOfIncident(incidentId, page, after));
  }

  @Get(':incidentId/assets')
  @Asks({
    summary: 'The impacted assets of an incident',
    description: 'By kind and key. An asset is there as long as an alert in the incident is about it.',
    answers: AssetPage,
    canWait: true,
    problems: ['unknown-incident', 'invalid-cursor'],
  })
  listAssetsOfIncident(
    @Param('incidentId') incidentId: string,
    @Query() parameters: queries.AssetParameters,
    @DocketAfter() after: bigint | undefined,
  ) {
    return this.queryBus.execute(new queries.ListAssetsOfIncident(incidentId, parameters, after));
  }

  @Get(':incidentId/history')
  @Asks({
    summary: 'Comments and history of an incident and its alerts',
    description: 'Read from the log itself: what was acknowledged is there at once.',
    answers: HistoryPageModel,
    problems: ['unknown-incident', 'invalid-cursor'],
  })
  getHistory(@Param('incidentId') incidentId: string, @Query() parameters: queries.HistoryParameters) {
    return this.queryBus.execute(new queries.GetHistory(incidentId, parameters));
  }

  @Post()
  @Operation({
    access: 'SecurityIncident.ReadWrite.All',
    summary: 'Open an incident by hand',
    answers: CommandAnswer,
    status: 201,
    isCommand: true,
  })
  openIncident(@Body() body: commands.OpenBody, @Envelope() sent: Sent) {
    return this.commandBus.execute(new commands.OpenIncident(body, sent));
  }

  @Post('merge')
  @Changes('Make several incidents one', {
    description:
      'The one with the lowest number stays, with the alerts and tags of all; the others redirect to it, and keep their history.',
    answers: MergeAnswer,
    canMatch: false,
    problems: ['incident-resolved', 'incidents-differ', 'too-many-alerts', 'too-many-tags'],
  })
  mergeIncidents(@Body() body: commands.MergeBody, @Envelope() sent: Sent) {
    return this.commandBus.execute(new commands.MergeIncidents(body, sent));
  }

  @Post('bulk')
  @Operation({
    access: 'SecurityIncident.ReadWrite.All',
    summary: 'One command for up to 1,000 incidents',
    description:
      'Answers with a result for each, in order: one that is unknown, or that refuses, leaves the others alone. Sent again with its ' +
      'Idempotency-Key it goes on where it was interrupted.',
    answers: BulkResults,
    isCommand: true,
  })
  commandIncidents(@Body() body: commands.BulkBody, @Envelope() sent: Sent) {
    return this.commandBus.execute(new commands.BulkCommand(body, sent));
  }

  @Post('import')
  @Operation({
    access: 'SecurityIncident.Import.All',
    summary: 'Bring an incident along from elsewhere',
    description:
      'One of Graph’s incidents with its alerts: names, states, owners, classifications, tags, comments and times are kept. Sent ' +
      'again it changes nothing; with further alerts these are added. Answers 201 the first time, then 200.',
    answers: ImportAnswer,
    status: 201,
    isCommand: true,
    bodyLimit: bodyLimits.intake,
    problems: ['merged-at-source', 'another-tenant'],
  })
  @ApiResponse({ status: 200, type: ImportAnswer, description: 'It was here.' })
  importIncident(@Body() body: commands.ImportBody, @Envelope() sent: Sent) {
    return this.commandBus.execute(new commands.ImportIncident(body, sent));
  }

  @Post(':incidentId/rename')
  @Changes('Give it a name, which the system never overwrites')
  renameIncident(@Param('incidentId') id: string, @Body() body: commands.RenameBody, @Envelope() sent: Sent) {
    return this.commandBus.execute(new commands.RenameIncident(id, body, sent));
  }

  @Post(':incidentId/assign')
  @Changes('Assign it and all its alerts; `me` takes it', { problems: ['already-assigned'] })
  assignIncident(@Param('incidentId') id: string, @Body() body: commands.AssignBody, @Envelope() sent: Sent) {
    return this.commandBus.execute(new commands.AssignIncident(id, body, sent));
  }

  @Post(':incidentId/unassign')
  @Changes('Take it from its owner, with the alerts that are the same owner’s')
  unassignIncident(@Param('incidentId') id: string, @Body() body: NoBody, @Envelope() sent: Sent) {
    return this.commandBus.execute(new commands.UnassignIncident(id, body, sent));
  }

  @Post(':incidentId/start')
  @Changes('Begin to investigate; a resolved incident is reopened')
  startInvestigation(@Param('incidentId') id: string, @Body() body: NoBody, @Envelope() sent: Sent) {
    return this.commandBus.execute(new commands.StartInvestigation(id, body, sent));
  }

  @Post(':incidentId/resolve')
  @Changes('Resolve it, which closes every alert that is still open')
  resolveIncident(@Param('incidentId') id: string, @Body() body: ResolveBody, @Envelope() sent: Sent) {
    return this.commandBus.execute(new commands.ResolveIncident(id, body, sent));
  }

  @Post(':incidentId/reopen')
  @Changes('Reopen it, with the alerts that resolving it had closed')
  reopenIncident(@Param('incidentId') id: string, @Body() body: NoBody, @Envelope() sent: Sent) {
    return this.commandBus.execute(new commands.ReopenIncident(id, body, sent));
  }

  @Post(':incidentId/classify')
  @Changes('Say whether it was real, and what it was')
  classifyIncident(@Param('incidentId') id: string, @Body() body: ClassifyBody, @Envelope() sent: Sent) {
    return this.commandBus.execute(new commands.ClassifyIncident(id, body, sent));
  }

  @Post(':incidentId/severity')
  @Changes('Set how bad it is, or give that back to its alerts')
  setIncidentSeverity(@Param('incidentId') id: string, @Body() body: commands.SeverityBody, @Envelope() sent: Sent) {
    return this.commandBus.execute(new commands.SetIncidentSeverity(id, body, sent));
  }

  @Post(':incidentId/tags')
  @Changes('Add and remove custom tags', { problems: ['too-many-tags'] })
  tagIncident(@Param('incidentId') id: string, @Body() body: commands.TagBody, @Envelope() sent: Sent) {
    return this.commandBus.execute(new commands.TagIncident(id, body, sent));
  }

  @Post(':incidentId/comments')
  @Changes('Comment on it')
  commentOnIncident(@Param('incidentId') id: string, @Body() body: commands.CommentBody, @Envelope() sent: Sent) {
    return this.commandBus.execute(new commands.CommentOnIncident(id, body, sent));
  }

  @Post(':incidentId/description')
  @Changes('Say what it is about')
  describeIncident(@Param('incidentId') id: string, @Body() body: commands.DescribeBody, @Envelope() sent: Sent) {
    return this.commandBus.execute(new commands.DescribeIncident(id, body, sent));
  }
}
