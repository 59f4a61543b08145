import { CommandHandler } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';
import { describe } from '#incidents';
import { Description } from '../../vocabulary.js';
import { IncidentDesk } from '../incident-desk.js';
import { IncidentCommand } from './incident-command.js';

export class DescribeBody {
  @Description() description: string | null;
}

export class DescribeIncident extends IncidentCommand<DescribeBody> {}

@CommandHandler(DescribeIncident)
export class DescribeIncidentHandler implements ICommandHandler<DescribeIncident> {
  constructor(private readonly desk: IncidentDesk) {}

  execute({ incidentId, body, sent }: DescribeIncident) {
    return this.desk.decide(incidentId, sent, describe(body));
  }
}
