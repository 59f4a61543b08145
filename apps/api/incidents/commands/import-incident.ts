import { setImmediate as breathe } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { CommandHandler } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';
import { Problem } from '#platform';
import { IncidentIntake, PlanLog } from '#process-managers';
import type { AlertArrival, ImportedIncident } from '#process-managers';
import { idOf } from '../../alerts/commands/report-alerts.js';
import type { Adaptation } from '../../alerts/graph-fields.js';
import { Answer, positionText } from '../../http/answer.js';
import type { Sent } from '../../http/envelope.js';
import { Document, Formed, Optional } from '../../http/fields.js';
import { problemOf, refused } from '../../http/problem-of.js';
import type { AlertImportResult, ImportAnswer } from '../../openapi/import-models.js';
import { readAlertAlong } from '../alert-along.js';
import type { ReadAlong } from '../alert-along.js';
import { readGraphIncident } from '../graph-incident.js';
import { headersOf } from '../incident-desk.js';

export class ImportBody {
  @Optional()
  @Formed({
    pattern: /^[a-z0-9][a-z0-9-]{0,39}$/,
    form: '1 to 40 lower-case letters, digits or -',
    description: 'Whose ids these are; `defender` where it is left out.',
    example: 'defender',
  })
  source?: string;
  @Document({
    description: 'Graph’s `incident` as it came, with its `alerts`.',
    example: { id: '1923', displayName: 'Malware on one endpoint', status: 'active', alerts: [] },
  })
  incident: Record<string, unknown>;
}

/** An incident that was worked on elsewhere, as it came. */
export class ImportIncident {
  constructor(
    readonly body: ImportBody,
    readonly sent: Sent,
  ) {}
}

type Adapted = Adaptation & { readonly alertId?: string };

/** So many alerts are read before others get their turn: 16 MiB take half a second. */
const atOnce = 100;

@CommandHandler(ImportIncident)
export class ImportIncidentHandler implements ICommandHandler<ImportIncident> {
  private readonly logger = new Logger('Problems');

  constructor(
    private readonly incidents: IncidentIntake,
    private readonly plans: PlanLog,
  ) {}

  async execute({ body: { source = 'defender', incident: raw }, sent }: ImportIncident): Promise<Answer<ImportAnswer>> {
    const now = new Date().toISOString();
    const read = readGraphIncident(raw, source, now);
    await this.plans.reserve(sent.command);

    const readable: (ReadAlong | Problem)[] = [];
    for (const [index, alert] of read.alerts.entries()) {
      if (index % atOnce === atOnce - 1) await breathe();
      readable.push(readAlertAlong(alert, now));
    }
    const along = readable.filter((each): each is ReadAlong => !(each instanceof Problem));
    const imported = await this.incidents.import(sent.command, {
      incident: read.incident,
      alerts: along.map((each) => each.along),
      comments: read.comments,
    });
    if ('refused' in imported) throw refused(imported);

    const { incidentId, outcome, revision, position, differences, comments } = imported;
    const arrivals = imported.alerts.values();
    const alerts = readable.map((each, index) =>
      each instanceof Problem
        ? { ...turnedAway, id: idOf(read.alerts[index]) ?? null, problem: each.toJSON() }
        : this.resultOf(arrivals.next().value!),
    );
    const adapted: Adapted[] = [
      ...read.adapted,
      ...along.flatMap((each) => each.adapted),
      ...imported.closed.map(closed),
      ...comments.leftOut.map(leftOut),
    ];
    const { externalId } = read.incident;
    return new Answer(
      {
        ...{ incidentId, externalId, outcome, revision, position: positionText(position) },
        ...{ adapted, differences, alerts },
        comments: { imported: comments.imported, unchanged: comments.unchanged },
      },
      { ...headersOf(outcome, revision), location: `/v1/incidents/${incidentId}` },
      outcome === 'imported' ? 201 : 200,
    );
  }

  private resultOf({ alertId: id, outcome, incidentId, because }: AlertArrival): AlertImportResult {
    if (outcome !== 'refused') return { id, outcome, incidentId };
    const problem = isRefusal(because) ? refused(because) : problemOf(because);
    if (problem.code === 'internal') this.logger.error('An alert of an import', problem.cause);
    return { ...turnedAway, id, problem: problem.toJSON() };
  }
}

const turnedAway = { outcome: 'refused', incidentId: null } as const;

const isRefusal = (because: unknown): because is { refused: string } =>
  typeof because === 'object' && because !== null && 'refused' in because;

const closed = ({ alertId, from }: ImportedIncident['closed'][number]): Adapted => ({
  property: 'status',
  alertId,
  from,
  to: 'resolved',
  because: 'a resolved incident has no open alert',
});

const leftOut = ({ comment, alertId }: { readonly comment: string; readonly alertId: string | null }): Adapted => ({
  property: 'comments',
  ...(alertId !== null && { alertId }),
  from: comment,
  to: null,
  because: 'its alert is waiting for its incident: send all again',
});
