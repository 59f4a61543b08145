import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import type { OpenAPIObject } from '@nestjs/swagger';
import { ProblemModel } from './models.js';

/** Where the description is served: to anybody, for it tells nothing of incidents. */
export const describedAt = { json: '/openapi.json', ui: '/docs' } as const;

const config = () =>
  new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Docket')
    .setDescription(
      'Incident management for security teams. Commands answer with the position of what they did; a query that sends it as ' +
        '`Docket-After` sees it. Errors are problems (RFC 9457): decide on `type`, read `detail`.',
    )
    .setVersion('1')
    .addBearerAuth({
      type: 'http',
      scheme: 'bearer',
      bearerFormat: 'JWT',
      description: '`docket token --as <name> --role <role>`',
    })
    .build();

export function describeApi(app: NestFastifyApplication): OpenAPIObject {
  const document = SwaggerModule.createDocument(app, config(), {
    operationIdFactory: (_controller, method) => method,
    extraModels: [ProblemModel],
  });
  return document;
}

/** Serves the description, and a page to try it on that needs nothing from elsewhere. */
export function serveDescription(app: NestFastifyApplication): void {
  SwaggerModule.setup(describedAt.ui, app, () => describeApi(app), {
    jsonDocumentUrl: describedAt.json,
    raw: ['json'],
    customSiteTitle: 'Docket API',
  });
}
