import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { TagListQuery } from '#read-model';
import { ApiUnderTest } from '../testing/api-under-test.js';

const asked: TagListQuery[] = [];
let api: ApiUnderTest;
beforeAll(async () => {
  api = await ApiUnderTest.start({
    tags: async (query: TagListQuery = {}) => {
      asked.push(query);
      return { value: [], parked: ['12'], position: 7n };
    },
  });
});
afterAll(() => api.stop());

it('tags are listed while somebody types, from the first moment on', async () => {
  const answers = [];
  for (const query of ['', '?q=', '?q=ph&limit=5']) answers.push(await api.ask(`GET /v1/tags${query}`));
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
  expect(asked.map(({ q }) => q)).toEqual([undefined, '', 'ph']);
  expect(answers[0]!.body).toEqual({ value: [], parked: ['12'], position: '7' });
  for (const query of [`?q=${'x'.repeat(257)}`, '?q=a&q=b', '?limit=201', '?cursor=x'])
    expect((await api.ask(`GET /v1/tags${query}`)).code).toBe('invalid-request');
});
