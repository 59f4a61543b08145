import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { countFacets, mostTallied } from './facets.js';
import type { IncidentDocument } from '../incidents/incident-document.js';
import { withSearchFields } from './incident-search.js';
import { facetProperties } from './queue-query.js';
import { projectIncident } from '../incidents/project-incident.js';
import { startTestCollections } from '../testing/mongo.js';
import { opened, Recorder } from '../testing/recorder.js';

const { collections, stop } = await startTestCollections();
afterAll(stop);

const docket = new Recorder();
docket.happened('1', opened('1'));
const first = projectIncident(undefined, docket.of('1')[0]!);
const row = (number: number, but: Partial<IncidentDocument>) =>
  withSearchFields({ ...first, _id: String(number), number, position: BigInt(number), ...but });

const count = (...[filter, properties]: [Parameters<typeof countFacets>[1], Parameters<typeof countFacets>[2]]) =>
  countFacets(collections, filter, properties);
const plain = (facet: { values: { value: string | null; count: number }[] } | undefined) =>
  facet?.values.map(({ value, count }) => `${value} ${count}`);

describe('the facets of the queue', () => {
  beforeAll(async () => {
    await collections.incidents.insertMany([
      row(1, { status: 'active', severity: 'high', assignedTo: 'kim', customTags: ['VIP'], systemTags: ['Empty'] }),
      row(2, { status: 'active', severity: 'low', assignedTo: null, customTags: ['vip', 'x'] }),
      row(3, { status: 'resolved', severity: 'high', assignedTo: 'kim', categories: ['Execution', 'Impact'] }),
      row(4, { status: 'redirected', severity: 'high', assignedTo: 'lee' }),
    ]);
  });

  it('count the values of each property, the most frequent first, redirected incidents left out', async () => {
    const { status, severity, assignedTo, tag, category } = await count({}, facetProperties);
    expect(plain(status)).toEqual(['active 2', 'resolved 1']);
    expect(plain(severity)).toEqual(['high 2', 'low 1']);
    expect(plain(assignedTo)).toEqual(['kim 2', 'null 1']);
    expect(plain(tag)).toEqual(['VIP 2', 'Empty 1', 'x 1']);
    expect(plain(category)).toEqual(['Execution 1', 'Impact 1']);
    expect(status).toMatchObject({ isExact: true, hasMore: false });
  });

  it('ignore the filter of their own property, and no other', async () => {
    const { status, severity, assignedTo } = await count({ status: ['active'], severity: ['high'] }, [
      'status',
      'severity',
      'assignedTo',
    ]);
    expect(plain(status)).toEqual(['active 1', 'resolved 1']);
    expect(plain(severity)).toEqual(['high 1', 'low 1']);
    expect(plain(assignedTo)).toEqual(['kim 1']);
  });

  it('count an incident once that has a tag by hand and from the system', async () => {
    await collections.incidents.insertOne(
      row(6, { status: 'inProgress', customTags: ['empty'], systemTags: ['Empty'] }),
    );
    expect(plain((await count({ status: ['inProgress'] }, ['tag'])).tag)).toEqual(['Empty 1']);
    await collections.incidents.deleteOne({ _id: '6' });
  });

  it('leave out what is parked', async () => {
    await collections.incidents.insertOne({ ...row(6, { status: 'inProgress', assignedTo: 'pat' }), parked: true });
    const { status, assignedTo } = await count({ assignedTo: ['pat'] }, ['status', 'assignedTo']);
    expect([plain(status), plain(assignedTo)]).toEqual([[], ['kim 2', 'null 1']]);
    await collections.incidents.deleteOne({ _id: '6' });
  });

  it('count under a search too', async () => {
    expect(plain((await count({ q: '3' }, ['status'])).status)).toEqual(['resolved 1']);
  });

  it('show a hundred values, and say that there are more', async () => {
    const tags = Array.from({ length: 101 }, (_, index) => `t${index}`);
    await collections.incidents.insertOne(row(5, { customTags: tags, assignedTo: 'max' }));
    const { tag } = await count({ assignedTo: ['max'] }, ['tag']);
    expect([tag!.values.length, tag!.hasMore]).toEqual([100, true]);
  });
});

describe('the facets of more incidents than are looked at', () => {
  const time = (number: number) => new Date(Date.UTC(2026, 0, 1) + number * 1_000).toISOString();
  beforeAll(async () => {
    await collections.incidents.deleteMany({});
    const many = Array.from({ length: mostTallied + 500 }, (_, index) =>
      row(index + 1, {
        lastUpdateDateTime: time(index),
        status: 'active',
        severity: index < 500 ? 'high' : 'low',
        assignedTo: index % 1_000 === 0 ? 'kim' : 'lee',
      }),
    );
    await collections.incidents.insertMany(many);
  }, 60_000);

  it('are those of the ones that changed last, and say so', async () => {
    const { severity } = await count({}, ['severity']);
    expect([plain(severity), severity!.isExact]).toEqual([[`low ${mostTallied}`], false]);
  });

  it('are exact where some part of the filter leaves few', async () => {
    const { severity } = await count({ assignedTo: ['kim'], status: ['active'] }, ['severity']);
    expect([plain(severity), severity!.isExact]).toEqual([['low 10', 'high 1'], true]);
  });
});
