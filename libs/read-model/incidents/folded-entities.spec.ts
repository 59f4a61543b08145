import { describe, expect, it } from '@jest/globals';
import { moveIn, moveOut, summarise, updateAlert } from '#incidents';
import type { AlertSummary } from '#incidents';
import { isGone } from './entity.js';
import { FoldedEntities, assetsInRow } from './folded-entities.js';
import { FoldedIncident } from './folded-incident.js';
import { Recorder, added, opened, report, summaryOf, timeOf } from '../testing/recorder.js';

const because = { comment: null, reasons: [] };
const day = (day: number): string => new Date(Date.UTC(2025, 5, day)).toISOString();

/** An alert about the device `shared` that was active from one day to another. */
const active = (id: string, from: number, to: number): AlertSummary =>
  summarise(
    report(id, {
      evidence: report('shared').evidence,
      other: { firstActivityDateTime: day(from), lastActivityDateTime: day(to) },
    }),
    0,
  );

function folded(docket: Recorder, incidentId = '1'): FoldedIncident {
  const incident = new FoldedIncident();
  for (const event of docket.of(incidentId)) incident.apply(event);
  return incident;
}

const entity = (docket: Recorder, key = 'device:id-of-shared') =>
  [...folded(docket).entities].find((it) => it.key === key);

describe('what the alerts of an incident are about', () => {
  it('was seen from the earliest to the latest activity of the alerts that brought it', () => {
    const docket = new Recorder();
    docket.happened('1', opened('1'), added(active('a', 5, 6)), added(active('b', 2, 3)), added(active('c', 4, 4)));
    expect(entity(docket)).toMatchObject({ alertCount: 3, firstSeenDateTime: day(2), lastSeenDateTime: day(6) });
  });

  it('was seen when its alert was made, where the report says nothing of activity', () => {
    const docket = new Recorder();
    docket.happened('1', opened('1'), added(summaryOf('shared')));
    const made = '2025-12-31T23:00:00.123Z';
    expect(entity(docket)).toMatchObject({ firstSeenDateTime: made, lastSeenDateTime: made });
  });

  it('was seen when its alert came, in events of an earlier Docket', () => {
    const earlier = { ...summaryOf('shared') };
    delete earlier.firstActivityDateTime;
    delete earlier.lastActivityDateTime;
    const docket = new Recorder();
    docket.happened('1', opened('1'), added(earlier));
    expect(entity(docket)).toMatchObject({ firstSeenDateTime: timeOf(2n), lastSeenDateTime: timeOf(2n) });
  });

  it('stays seen as it was when an alert leaves, and begins anew after the last has left', () => {
    const docket = new Recorder();
    docket.happened('1', opened('1'), added(active('a', 1, 9)), added(active('b', 3, 4)));
    docket.decided('1', moveOut({ alertIds: ['a'], toIncidentId: '2', ...because }));
    expect(entity(docket)).toMatchObject({ alertCount: 1, firstSeenDateTime: day(1), lastSeenDateTime: day(9) });
    docket.decided('1', moveOut({ alertIds: ['b'], toIncidentId: '2', ...because }));
    expect(isGone(entity(docket)!)).toBe(true);
    const arrival = { incidentId: '1', fromIncidentId: '2', transferId: 't', alerts: [active('b', 3, 4)], ...because };
    docket.decided('1', moveIn(arrival));
    expect(entity(docket)).toMatchObject({ alertCount: 1, firstSeenDateTime: day(3), lastSeenDateTime: day(4) });
  });

  it('is seen on when an alert is reported anew, under its newest name', () => {
    const docket = new Recorder();
    docket.happened('1', opened('1'), added(active('a', 3, 4)));
    const { assets, ...later } = active('a', 5, 8);
    docket.decided('1', updateAlert({ ...later, assets: [{ ...assets[0]!, name: 'renamed' }], reportRevision: 1 }));
    const seen = { alertCount: 1, mentionCount: 1, firstSeenDateTime: day(3), lastSeenDateTime: day(8) };
    expect(entity(docket)).toMatchObject({ ...seen, name: 'renamed' });
    expect(folded(docket).document!.impactedAssets).toMatchObject([{ name: 'renamed' }]);
  });

  it('is gone with a merge, all of it', () => {
    const docket = new Recorder();
    docket.happened('1', opened('1'));
    docket.happened('2', opened('2'), added(summaryOf('a')), added(summaryOf('b')));
    docket.happened('2', {
      type: 'IncidentMerged',
      data: { toIncidentId: '1', previous: 'active', alertIds: ['a', 'b'], ...because },
    });
    const { document, entities } = folded(docket, '2');
    expect([...entities].every(isGone)).toBe(true);
    expect(document).toMatchObject({ impactedAssets: [], impactedAssetCount: 0 });
  });

  it('shows the first of many, whichever come and go', () => {
    const docket = new Recorder();
    docket.happened('1', opened('1'));
    const name = (number: number) => `d${String(number).padStart(3, '0')}`;
    const numbers = Array.from({ length: 100 }, (_, index) => (index * 37) % 100);
    for (const number of numbers) docket.happened('1', added(summaryOf(name(number))));
    const shown = () => folded(docket).document!;
    const expected = (from: number) =>
      Array.from({ length: assetsInRow }, (_, index) => `device:id-of-${name(from + index)}`);
    expect(shown().impactedAssets.map(({ key }) => key)).toEqual(expected(0));
    for (let number = 0; number < 7; number += 1)
      docket.decided('1', moveOut({ alertIds: [name(number)], toIncidentId: '2', ...because }));
    expect(shown().impactedAssets.map(({ key }) => key)).toEqual(expected(7));
    expect(shown().impactedAssetCount).toBe(93);
  });

  it('is not changed by events that it reflects, one by one', () => {
    const docket = new Recorder();
    docket.happened('1', opened('1'), added(active('a', 1, 2)), added(active('b', 3, 4)), added(summaryOf('c')));
    const all = [...folded(docket).entities];
    const ahead = structuredClone(all);
    const again = new FoldedEntities(all);
    for (const event of docket.of('1')) again.apply(event);
    expect([...again]).toEqual(ahead);
    expect(again.takeChanged()).toEqual([]);
  });
});
