import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import type { HealthCheck } from '#platform';
import {
  AlertDesk,
  AlertIntake,
  IncidentIntake,
  MergeIncidents,
  MoveAlerts,
  OpenIncidents,
  PlanLog,
} from '#process-managers';
import type { Assembly } from '#process-managers';
import { ReadModel } from '#read-model';
import { AlertsController } from './alerts/alerts.controller.js';
import { EVENT_LOG } from './event-log.js';
import { ReadYourWrites } from './http/read-your-writes.js';
import { EventsController } from './events/events.controller.js';
import { handlers } from './handlers.js';
import { HEALTH_CHECKS, HealthController } from './health/health.controller.js';
import { IncidentDesk } from './incidents/incident-desk.js';
import { IncidentsController } from './incidents/incidents.controller.js';
import { TagsController } from './incidents/tags.controller.js';
import { LiveController } from './live/live.controller.js';
import { LiveFeed } from './live/live-feed.js';
import { MetricsController } from './metrics/metrics.controller.js';
import { ParkedController } from './parked/parked.controller.js';
import { ViewDesk } from './views/view-desk.js';
import { ViewsController } from './views/views.controller.js';

export interface Parts {
  readonly assembly: Assembly;
  readonly readModel: ReadModel;
  readonly healthChecks: readonly HealthCheck[];
}

@Module({})
export class ApiModule {
  static of({ assembly, readModel, healthChecks }: Parts): DynamicModule {
    return {
      module: ApiModule,
      imports: [CqrsModule.forRoot()],
      controllers: [
        IncidentsController,
        TagsController,
        AlertsController,
        EventsController,
        LiveController,
        MetricsController,
        ParkedController,
        ViewsController,
        HealthController,
      ],
      providers: [
        ...handlers(),
        { provide: EVENT_LOG, useValue: assembly.log },
        { provide: ReadModel, useValue: readModel },
        { provide: ReadYourWrites, useValue: new ReadYourWrites(readModel, assembly.log) },
        { provide: IncidentDesk, useValue: new IncidentDesk(assembly.incidents) },
        { provide: ViewDesk, useValue: new ViewDesk(assembly.views) },
        { provide: AlertDesk, useValue: assembly.desk },
        { provide: AlertIntake, useValue: assembly.intake },
        { provide: IncidentIntake, useValue: assembly.incidentIntake },
        { provide: OpenIncidents, useValue: assembly.openIncidents },
        { provide: MergeIncidents, useValue: assembly.mergeIncidents },
        { provide: MoveAlerts, useValue: assembly.moveAlerts },
        { provide: PlanLog, useValue: assembly.plans },
        { provide: LiveFeed, useValue: new LiveFeed(assembly.log) },
        { provide: HEALTH_CHECKS, useValue: healthChecks },
      ],
    };
  }
}
