import { Logger } from '@nestjs/common';
import { CommandHandler } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';
import { Problem } from '#platform';
import { AlertIntake, IncidentIntake } from '#process-managers';
import type { AlertAlong, AlertArrival } from '#process-managers';
import { idOf } from '../../alerts/commands/report-alerts.js';
import { readGraphAlert } from '../../alerts/graph-alert.js';
import { GraphFields } from '../../alerts/graph-fields.js';
import type { Adaptation } from '../../alerts/graph-fields.js';
import { Answer, positionText } from '../../http/answer.js';
import { bodyLimits, sizeOf } from '../../http/body-parsers.js';
import { hashOf } from '../../http/envelope.js';
import type { Sent } from '../../http/envelope.js';
import { Document, Formed, Optional } from '../../http/fields.js';
import { problemOf, refused } from '../../http/problem-of.js';
import type { AlertImportResult, ImportAnswer } from '../../openapi/import-models.js';
import { readComments, readGraphIncident } from '../graph-incident.js';
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
type ReadAlong = { readonly along: AlertAlong; readonly adapted: readonly Adapted[] };

@CommandHandler(ImportIncident)
export class ImportIncidentHandler implements ICommandHandler<ImportIncident> {
  private readonly logger = new Logger('Problems');

  constructor(
    private readonly incidents: IncidentIntake,
    private readonly alerts: AlertIntake,
  ) {}

  async execute({ body: { source = 'defender', incident: raw }, sent }: ImportIncident): Promise<Answer<ImportAnswer>> {
    const now = new Date().toISOString();
    const read = readGraphIncident(raw, source, now);
    if (sizeOf({ ...raw, alerts: undefined, comments: undefined }) > bodyLimits.alert)
      throw new Problem('body-too-large', {
        detail: `Without alerts and comments it may have ${bodyLimits.alert} bytes.`,
      });
    await this.alerts.reserve(sent.command);

    const readable = read.alerts.map((alert) => this.read(alert, now));
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
      ...imported.closedAlertIds.map((alertId) => closed(alertId, along)),
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

  private read(raw: unknown, now: string): ReadAlong | Problem {
    try {
      if (sizeOf(raw) > bodyLimits.alert) return new Problem('body-too-large');
      const { report, adapted } = readGraphAlert(raw, now, { imported: true });
      const fields = GraphFields.of(raw, { what: 'An alert' });
      const comments = readComments(fields, report.id);
      fields.assertReadable();
      const alertId = report.id;
      return {
        along: { report, contentHash: hashOf(raw), comments },
        adapted: [...adapted, ...fields.adapted].map((each) => ({ ...each, alertId })),
      };
    } catch (error) {
      if (error instanceof Problem) return error;
      throw error;
    }
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

const closed = (alertId: string, along: readonly ReadAlong[]): Adapted => ({
  property: 'status',
  alertId,
  from: along.find(({ along: { report } }) => report.id === alertId)?.along.report.status,
  to: 'resolved',
  because: 'a resolved incident has no open alert',
});

const leftOut = ({ comment, alertId }: { readonly comment: string; readonly alertId: string | null }): Adapted => ({
  property: 'comments',
  ...(alertId !== null && { alertId }),
  from: comment,
  to: null,
  because: 'the alert is in another incident: the comment stays with its report',
});
