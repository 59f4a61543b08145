import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import { processMetrics } from '#platform';
import type { AppendCounts, MetricsSource, Settings, Tokens } from '#platform';
import { ApiModule } from './api.module.js';
import type { Parts } from './api.module.js';
import { guard } from './http/access.js';
import { unpackAnswers } from './http/answer.js';
import { parseBodies } from './http/body-parsers.js';
import { DtoPipe } from './http/dto-pipe.js';
import { ProblemFilter } from './http/problem-filter.js';
import { refuseNeedlessQueries } from './http/queries.js';
import { refuseCommands } from './http/read-only.js';
import { rememberRoutes } from './http/routes.js';
import { createServer } from './http/server.js';
import { releaseConnections } from './http/stopping.js';
import { LiveFeed } from './live/live-feed.js';
import { ApiMetrics } from './telemetry/api-metrics.js';
import { measureRequests } from './telemetry/measured-requests.js';
import { serveMetrics } from './telemetry/serve-metrics.js';
import { describedAt, serveDescription } from './openapi/document.js';

export { readAlertAlong } from './incidents/alert-along.js';
export { readGraphIncident } from './incidents/graph-incident.js';

export interface ApiOptions extends Omit<Parts, 'healthChecks'> {
  readonly tokens: Tokens;
  readonly settings: Pick<Settings, 'behindProxy'> & Partial<Pick<Settings, 'openMetrics'>>;
  /** Parts that the same process runs, beside the stores, e.g. its projections. */
  readonly healthChecks?: Parts['healthChecks'];
  /** What its log has appended. */
  readonly appends?: AppendCounts;
  /** Of parts that the same process runs, told along with the api's own. */
  readonly metrics?: readonly MetricsSource[];
  /** Why it takes no commands; undefined: it takes them. */
  readonly readOnly?: string;
}

/**
 * The HTTP api over stores that are connected and prepared; call `listen` on what it gives, and `close` to stop: requests that are
 * under way are answered first. The stores stay open: close them afterwards.
 */
export async function createApi({
  assembly,
  readModel,
  tokens,
  settings,
  healthChecks = [],
  appends,
  metrics = [],
  readOnly,
}: ApiOptions): Promise<NestFastifyApplication> {
  const ofStores = [
    { name: 'eventStore', check: async () => void (await assembly.log.head()) },
    { name: 'readModel', check: async () => void (await readModel.checkpoints.position('incidents')) },
  ];
  const module = ApiModule.of({ assembly, readModel, healthChecks: [...ofStores, ...healthChecks] });
  const server = createServer();
  const app = await NestFactory.create<NestFastifyApplication>(module, server, {
    bodyParser: false,
    abortOnError: false,
    logger: ['warn', 'error', 'fatal'],
  });

  const fastify = server.getInstance<FastifyInstance>();
  const methodsAt = rememberRoutes(fastify);
  const requests = measureRequests(fastify);
  parseBodies(fastify);
  if (readOnly !== undefined) refuseCommands(fastify, readOnly);
  guard(fastify, { tokens, onlyThisMachine: !settings.behindProxy, open: Object.values(describedAt) });
  refuseNeedlessQueries(fastify);
  unpackAnswers(fastify);
  releaseConnections(fastify);

  app.useGlobalPipes(new DtoPipe());
  app.useGlobalFilters(new ProblemFilter(methodsAt));
  serveDescription(app);
  // Behind a proxy strangers may get as far as this, who need not know how busy it is.
  const access = settings.behindProxy && !settings.openMetrics ? 'SecurityIncident.Read.All' : 'anybody';
  const own = [requests, new ApiMetrics(app.get(LiveFeed), appends), processMetrics()];
  serveMetrics(fastify, access, [...own, ...metrics]);
  await app.init();
  await fastify.ready();
  return app;
}
