import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { metricNames } from '#platform';
import { ApiUnderTest } from '../testing/api-under-test.js';

describe('metrics', () => {
  let api: ApiUnderTest;
  let behindProxy: ApiUnderTest;
  let opened: ApiUnderTest;
  beforeAll(async () => {
    [api, behindProxy, opened] = await Promise.all([
      ApiUnderTest.start(),
      ApiUnderTest.start({}, { behindProxy: true }),
      ApiUnderTest.start({}, { behindProxy: true, openMetrics: true }),
    ]);
  });
  afterAll(() => Promise.all([api, behindProxy, opened].map((each) => each.stop())));

  const scrape = async () => (await api.ask('GET /metrics', { as: null })).text;
  const count = (text: string, labels: string) =>
    Number(
      text
        .split('\n')
        .find((line) => line.startsWith(`docket_http_request_duration_seconds_count{${labels}}`))
        ?.split(' ')[1] ?? 0,
    );

  it('are told to anybody on this machine, in the text of Prometheus', async () => {
    const { status, headers, text } = await api.ask('GET /metrics', { as: null });
    expect(status).toBe(200);
    expect(headers['content-type']).toMatch(/^text\/plain; version=0.0.4/);
    expect(text).toMatch(/^docket_live_connections 0$/m);
    expect(text).toMatch(/^process_cpu_seconds_total /m);
    expect(text).toMatch(/^nodejs_eventloop_lag_seconds /m);
    const own = text.match(/(?<=^# TYPE )docket_\w+/gm);
    expect(metricNames).toEqual(expect.arrayContaining(own!));
  });

  it('count requests by the pattern of their route, never by the address', async () => {
    const id = await api.openIncident();
    const before = await scrape();
    await api.ask(`POST /v1/incidents/${id}/comments`, { body: { comment: 'One.' } });
    await api.ask(`POST /v1/incidents/${id}/comments`, { body: { comment: 'Two.' } });
    await api.ask('POST /v1/incidents/4711/comments', { body: { comment: 'To nothing.' } });
    await api.ask('GET /somewhere/else');
    const after = await scrape();
    const comments = (status: string) => `method="POST",route="/v1/incidents/:incidentId/comments",status="${status}"`;
    expect(count(after, comments('2xx')) - count(before, comments('2xx'))).toBe(2);
    expect(count(after, comments('4xx')) - count(before, comments('4xx'))).toBe(1);
    expect(count(after, 'method="GET",route="none",status="4xx"')).toBe(1);
    expect(after).not.toMatch(/\/4711|somewhere/);
  });

  it('count problems by their code, also those that are met before the route', async () => {
    await api.ask('GET /v1/incidents/1/history', { as: null });
    const told = await scrape();
    expect(told).toMatch(/^docket_problems_total\{code="unauthenticated"\} 1$/m);
    expect(told).toMatch(/^docket_problems_total\{code="unknown-route"\} 1$/m);
  });

  it('need a token behind a proxy, unless they were opened there', async () => {
    expect(await behindProxy.ask('GET /metrics', { as: null })).toMatchObject({ status: 401 });
    expect(await behindProxy.ask('GET /metrics', { as: 'reader' })).toMatchObject({ status: 200 });
    expect(await opened.ask('GET /metrics', { as: null })).toMatchObject({ status: 200 });
  });
});
