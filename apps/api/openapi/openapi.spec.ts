import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { OpenAPIObject } from '@nestjs/swagger';
import { ApiUnderTest } from '../testing/api-under-test.js';

type OperationObject = NonNullable<OpenAPIObject['paths'][string]['get']>;

let api: ApiUnderTest;
beforeAll(async () => {
  api = await ApiUnderTest.start();
});
afterAll(() => api.stop());

describe('what anybody may read', () => {
  it('is how the api is used', async () => {
    const { status, body } = await api.ask('GET /openapi.json', { as: null });
    expect(status).toBe(200);
    const { openapi, paths, components } = body as unknown as OpenAPIObject;
    expect(openapi).toBe('3.1.0');
    const operations = Object.values(paths).flatMap((path) => Object.values(path) as OperationObject[]);
    expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(operations.length);

    expect(components?.schemas).toMatchObject({
      RenameBody: { required: ['displayName'], properties: { displayName: { type: 'string', maxLength: 300 } } },
      ResolveBody: { properties: { classification: { type: ['string', 'null'] } } },
    });
    expect(paths['/v1/incidents/{incidentId}/rename']?.post?.responses).toMatchObject({
      404: { content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } } },
    });
    expect(paths['/v1/events']?.get).toMatchObject({
      parameters: expect.arrayContaining([
        expect.objectContaining({
          name: 'after',
          required: false,
          schema: expect.objectContaining({ pattern: '^\\d+$' }),
        }),
      ]),
      responses: {
        200: { content: { 'application/x-ndjson': { schema: { $ref: '#/components/schemas/EventLine' } } } },
        403: { content: { 'application/problem+json': {} } },
      },
    });
  });

  it('is a page to try it on, with all that it needs', async () => {
    const page = await api.ask('GET /docs', { as: null });
    expect(page.status).toBe(200);
    const files = [...page.text.matchAll(/(?:src|href)="\.(\/docs\/[^"]+)"/g)].map(([, file]) => file!);
    expect(files.length).toBeGreaterThan(2);
    for (const file of files) expect([file, (await api.ask(`GET ${file}`, { as: null })).status]).toEqual([file, 200]);
  });
});
