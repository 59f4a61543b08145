import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { OpenAPIObject } from '@nestjs/swagger';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ApiUnderTest } from '../../apps/api/testing/api-under-test.js';
import { docketProgram } from '../../apps/cli/program.js';
import { commandHelp, metricsTable, problemTable, routeTable, settingsTable } from './reference.js';

/** `npm run docs` writes what is made from the code into the pages; without it they are compared. */
const write = process.env.WRITE_DOCS === 'yes';

let api: ApiUnderTest;
beforeAll(async () => {
  api = await ApiUnderTest.start();
});
afterAll(() => api.stop());

const parts: Record<string, { page: string; made: () => Promise<string> | string }> = {
  problems: { page: 'docs/reference/problems.md', made: problemTable },
  metrics: { page: 'docs/reference/metrics.md', made: metricsTable },
  settings: { page: 'docs/reference/settings.md', made: settingsTable },
  routes: {
    page: 'docs/reference/http-api.md',
    made: async () => routeTable((await api.ask('GET /openapi.json', { as: null })).body as unknown as OpenAPIObject),
  },
  commands: { page: 'docs/reference/command-line.md', made: () => commandHelp(docketProgram()) },
};

describe('the reference', () => {
  it.each(Object.entries(parts))('has %s as the code has them', async (name, { page, made }) => {
    const file = join(import.meta.dirname, '../..', page);
    const text = readFileSync(file, 'utf8');
    const place = new RegExp(`(?<=<!-- made from the code: ${name} -->\n)[^]*(?=<!-- /${name} -->)`);
    const present = place.exec(text)?.[0];
    const wanted = `\n${await made()}\n\n`;
    if (write && present !== undefined)
      writeFileSync(
        file,
        text.replace(place, () => wanted),
      );
    else expect(present).toBe(wanted);
  });
});
