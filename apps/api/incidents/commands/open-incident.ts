import { CommandHandler } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';
import type { Severity } from '#incidents';
import { OpenIncidents } from '#process-managers';
import { Answer, positionText } from '../../http/answer.js';
import { Optional } from '../../http/fields.js';
import type { Sent } from '../../http/envelope.js';
import type { CommandAnswer } from '../../openapi/models.js';
import { Description, DisplayName, Severity as SeverityField, Tags } from '../../vocabulary.js';
import { headersOf } from '../incident-desk.js';

export class OpenBody {
  @Optional() @DisplayName() displayName?: string;
  @Optional() @SeverityField() severity?: Severity;
  @Optional() @Description() description?: string | null;
  @Optional() @Tags('Tags to begin with.') customTags?: string[];
}

export class OpenIncident {
  constructor(
    readonly body: OpenBody,
    readonly sent: Sent,
  ) {}
}

@CommandHandler(OpenIncident)
export class OpenIncidentHandler implements ICommandHandler<OpenIncident> {
  constructor(private readonly incidents: OpenIncidents) {}

  async execute({ body, sent }: OpenIncident): Promise<Answer<CommandAnswer>> {
    const { displayName = null, severity = null, description = null, customTags = [] } = body;
    const opening = { displayName, severity, description, customTags };
    const { outcome, incidentId, revision, position, events } = await this.incidents.open(sent.command, opening);
    return new Answer(
      { incidentId, revision, position: positionText(position), events },
      { ...headersOf(outcome, revision), location: `/v1/incidents/${incidentId}` },
    );
  }
}
