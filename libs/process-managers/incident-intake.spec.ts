import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { OutcomeUnknown, StoreUnavailable } from '#event-store';
import { addImportedAlerts, assign, limits, reopen, resolve, streams } from '#incidents';
import type { AlertReport, SourceIncident } from '#incidents';
import { alert } from '../incidents/testing/scenario.js';
import { aComment, aSourceIncident } from '../incidents/testing/source-incident.js';
import type { AlertAlong } from './alerts-along.js';
import type { Consignment, ImportedIncident } from './incident-intake.js';
import {
  Docket,
  aCommand,
  aLargeReport,
  aReport,
  failing,
  limitAppends,
  nothingKnown,
  until,
} from './testing/docket.js';

let docket: Docket;
beforeEach(() => void (docket = new Docket()));
afterEach(() => docket.stop());

const along = (report: AlertReport, comments: AlertAlong['comments'] = []): AlertAlong => ({
  report,
  contentHash: JSON.stringify(report),
  comments,
});
const consignment = (but: Partial<SourceIncident> = {}, ...alerts: AlertAlong[]): Consignment => ({
  incident: aSourceIncident(but),
  alerts,
  comments: [],
});
const bring = async (sent: Consignment, parts = docket.parts): Promise<ImportedIncident> => {
  const imported = await parts.incidentIntake.import(aCommand(), sent);
  if ('refused' in imported) throw new Error(imported.refused);
  return imported;
};

describe('an incident that is imported', () => {
  it('gets a number, its alerts and their comments', async () => {
    await docket.correlate();
    const sent = {
      ...consignment({}, along(aReport('a', 'pc-1'), [aComment('On a.', 'a')])),
      comments: [aComment('Hm.')],
    };
    expect(await bring(sent)).toMatchObject({
      outcome: 'imported',
      incidentId: '1',
      alerts: [{ alertId: 'a', outcome: 'imported', incidentId: '1' }],
      comments: { imported: 2, unchanged: 0 },
    });
    const incident = await docket.incident('1');
    expect([...incident!.alerts.keys()]).toEqual(['a']);
    expect(incident!.importedComments.size).toBe(2);
  });

  it('is there once, though two processes import it at once, in two versions', async () => {
    await docket.correlate();
    const [one, other] = [docket.process(), docket.process()];
    const [first, second] = await Promise.all([
      bring(consignment({ contentHash: 'one' }, along(aReport('a', 'pc-1'))), one),
      bring(consignment({ contentHash: 'other' }, along(aReport('a', 'pc-1')), along(aReport('b', 'pc-1'))), other),
    ]);
    expect(first.incidentId).toBe(second.incidentId);
    expect(await docket.countOf('IncidentImported')).toBe(1);
    expect([...(await docket.incident(first.incidentId))!.alerts.keys()].sort()).toEqual(['a', 'b']);
    await one.arrivals.stop();
    await other.arrivals.stop();
  });

  it('is brought to its end by the keeper of plans where the process died after the plan', async () => {
    const recover = failing(docket, (types) => types.includes('IncidentImported'));
    await expect(bring(consignment({ status: 'resolved' }))).rejects.toThrow('crashed');
    recover();
    await docket.keepPlans(1);
    expect(await docket.incident('1')).toMatchObject({ displayName: 'Named there', status: 'resolved' });
    expect(await bring(consignment({ status: 'resolved' }))).toMatchObject({ outcome: 'unchanged', incidentId: '1' });
  });

  it('is completed where the process died after it, when it is sent again', async () => {
    await docket.correlate();
    const recover = failing(docket, (types) => types.includes('PlanCarriedOut'));
    const sent = { ...consignment({}, along(aReport('a', 'pc-1'))), comments: [aComment('Hm.')] };
    await expect(bring(sent)).rejects.toThrow('crashed');
    recover();
    expect(await bring(sent)).toMatchObject({
      outcome: 'completed',
      incidentId: '1',
      alerts: [{ outcome: 'imported' }],
      comments: { imported: 1 },
    });
    expect(await docket.countOf('IncidentImported')).toBe(1);
  });

  it('gets an alert that was reported before a crash, whoever routes it afterwards', async () => {
    const { intake } = docket.parts;
    await bring(consignment());
    const left = await intake.report(aCommand(), aReport('a', 'pc-1'), 'hash', '1', { imported: true, patienceMs: 0 });
    expect(left).toMatchObject({ outcome: 'reported', incidentId: null });
    await docket.correlate();
    await until(async () => (await docket.countOf('AlertAdded')) === 1);
    expect([...(await docket.incident('1'))!.alerts.keys()]).toEqual(['a']);
    expect(await bring(consignment({}, { ...along(aReport('a', 'pc-1')), contentHash: 'hash' }))).toMatchObject({
      outcome: 'unchanged',
      alerts: [{ outcome: 'unchanged', incidentId: '1' }],
    });
  });

  it('gets an alert whose arrival was decided before a crash', async () => {
    await bring(consignment({ status: 'resolved' }));
    const recover = failing(docket, (types) => types.includes('AlertAdded'));
    const crashing = await docket.correlate();
    const waiting = bring(consignment({ status: 'resolved' }, along(aReport('a', 'pc-1'))));
    await expect(crashing.following?.done).resolves.toEqual(new Error('crashed'));
    recover();
    await docket.correlate();
    expect(await waiting).toMatchObject({
      alerts: [{ outcome: 'imported', incidentId: '1' }],
      closed: [{ alertId: 'a', from: 'new' }],
    });
  });

  it('says that alerts are waiting where nobody routes them, without waiting for each', async () => {
    const alerts = Array.from({ length: 200 }, (_, n) => along(aReport(`a${n}`, 'pc-1')));
    const impatient = new Docket();
    const { incidentIntake } = impatient.parts;
    const begun = performance.now();
    const imported = (await incidentIntake.import(aCommand(), consignment({}, ...alerts))) as ImportedIncident;
    expect(new Set(imported.alerts.map(({ outcome }) => outcome))).toEqual(new Set(['waiting']));
    expect(performance.now() - begun).toBeLessThan(9_000); // five seconds are the patience of the first ones
    await impatient.stop();
  }, 15_000);

  it('that is resolved takes its alerts, and turns away one that is only reported into it', async () => {
    await bring(consignment({ status: 'resolved' }));
    const { intake } = docket.parts;
    await docket.parts.incidents.execute(streams.incident('1'), aCommand(), reopen());
    const reported = docket.report(aReport('late', 'pc-2'), '1');
    const imported = intake.report(aCommand(), aReport('a', 'pc-1'), 'hash', '1', { imported: true });
    await until(async () => (await docket.countOf('AlertReported')) === 2);
    await docket.parts.incidents.execute(streams.incident('1'), aCommand(), resolve({ comment: null }));
    await docket.correlate();
    expect(await imported).toMatchObject({ incidentId: '1' });
    expect(await reported).toMatchObject({ incidentId: '2' });
    const { status, alerts } = (await docket.incident('1'))!;
    expect([status, [...alerts.keys()], alerts.get('a')?.status]).toEqual(['resolved', ['a'], 'resolved']);
  });

  it('draws no alerts to it that share something with its own, for it may be old', async () => {
    await docket.correlate({ known: nothingKnown });
    await bring(consignment({}, along(aReport('a', 'pc-1'))));
    expect(await docket.report(aReport('b', 'pc-1'))).toMatchObject({ incidentId: '2' });
  });

  it('leaves an alert in the incident that it was in', async () => {
    await docket.correlate();
    await docket.report(aReport('a', 'pc-1'));
    const sent = consignment({}, along(aReport('a', 'pc-1'), [aComment('Hm.', 'a')]));
    expect(await bring(sent)).toMatchObject({
      incidentId: '2',
      outcome: 'imported',
      alerts: [{ outcome: 'elsewhere', incidentId: '1' }],
    });
    expect([...(await docket.incident('1'))!.alerts.keys()]).toEqual(['a']);
  });

  it('writes what was said of an alert into the incident that the alert is in, once, wherever it is moved', async () => {
    await docket.correlate();
    await docket.report(aReport('a', 'pc-1'));
    const sent = consignment({}, along(aReport('a', 'pc-1'), [aComment('Hm.', 'a')]));
    expect(await bring(sent)).toMatchObject({ comments: { imported: 1, unchanged: 0, leftOut: [] } });
    expect((await docket.incident('1'))?.importedComments.size).toBe(1);

    const again = { outcome: 'unchanged', comments: { imported: 0, unchanged: 1, leftOut: [] } };
    expect(await bring(sent)).toMatchObject(again);
    await docket.parts.moveAlerts.move(aCommand(), { alertIds: ['a'], toIncidentId: null, comment: null, reasons: [] });
    expect(await bring(sent)).toMatchObject(again);
    expect(await docket.countOf('CommentImported')).toBe(1);

    const more = [aComment('Hm.', 'a'), aComment('More.', 'a')];
    expect(await bring(consignment({}, along(aReport('a', 'pc-1'), more)))).toMatchObject({
      outcome: 'completed',
      comments: { imported: 1, unchanged: 1 },
    });
    expect((await docket.incident('3'))?.importedComments.size).toBe(1);
  });

  it('leaves what was said of an alert that is waiting to the next time', async () => {
    const sent = consignment({}, along(aReport('a', 'pc-1'), [aComment('Hm.', 'a')]));
    expect(await bring(sent)).toMatchObject({
      alerts: [{ outcome: 'waiting' }],
      comments: { imported: 0, unchanged: 0, leftOut: [{ comment: 'Hm.' }] },
    });
    await docket.correlate();
    await until(async () => (await docket.countOf('AlertAdded')) === 1);
    expect(await bring(sent)).toMatchObject({ alerts: [{ outcome: 'unchanged' }], comments: { imported: 1 } });
  }, 15_000);

  it.each([new OutcomeUnknown('alert-a', 'deadline'), new StoreUnavailable('down')])(
    'never calls an alert refused of which the store does not say what became of it: %s',
    async (error) => {
      await docket.correlate();
      const { log } = docket;
      const append = log.append.bind(log);
      log.append = async (stream, expected, events) => {
        const appended = await append(stream, expected, events);
        if (stream === 'alert-a') throw error;
        return appended;
      };
      const sent = consignment({}, along(aReport('a', 'pc-1')), along(aReport('b', 'pc-1')));
      await expect(bring(sent)).rejects.toBe(error);
      log.append = append;
      expect(await bring(sent)).toMatchObject({ alerts: [{ incidentId: '1' }, { incidentId: '1' }] });
      expect(await docket.countOf('AlertReported')).toBe(2);
    },
  );

  it('knows that comments came along on an alert that was moved away since', async () => {
    await docket.correlate();
    const sent = consignment({}, along(aReport('a', 'pc-1'), [aComment('Hm.', 'a')]));
    await bring(sent);
    await docket.parts.moveAlerts.move(aCommand(), { alertIds: ['a'], toIncidentId: null, comment: null, reasons: [] });
    expect(await bring(sent)).toMatchObject({
      outcome: 'unchanged',
      alerts: [{ outcome: 'elsewhere', incidentId: '2' }],
      comments: { imported: 0, unchanged: 1, leftOut: [] },
    });
  });

  it('takes the first of two versions of an alert that came at once, and tells what is otherwise in the other', async () => {
    await docket.correlate();
    const [one, other] = [aReport('a', 'pc-1'), aReport('a', 'pc-1', { title: 'Other', assignedTo: 'jane' })];
    expect(await bring(consignment({}, along(one), along(other)))).toMatchObject({
      alerts: [{ outcome: 'imported' }, { outcome: 'unchanged' }],
      differences: [
        { alertId: 'a', property: 'title', here: 'Title of a', there: 'Other' },
        { alertId: 'a', property: 'assignedTo', here: null, there: 'jane' },
      ],
    });
    const before = (await docket.events()).length;
    await bring(consignment({}, along(one), along(other)));
    expect(await docket.events()).toHaveLength(before);
  });

  it('tells what an alert that came before says otherwise, where it is no newer', async () => {
    await docket.correlate();
    const other = (description: string) => ({ other: { description, comments: [{ comment: description }] } });
    await bring(consignment({}, along(aReport('a', 'pc-1', other('Old.')))));
    const twin = consignment({}, along(aReport('a', 'pc-2', other('New.'))));
    expect(await bring(twin)).toMatchObject({
      alerts: [{ outcome: 'unchanged' }],
      differences: [
        { alertId: 'a', property: 'evidence', here: [{ mdeDeviceId: 'pc-1' }], there: [{ mdeDeviceId: 'pc-2' }] },
        { alertId: 'a', property: 'description', here: 'Old.', there: 'New.' },
      ],
    });
    expect(await bring({ ...twin, incident: aSourceIncident({ externalId: '7' }) })).toMatchObject({
      alerts: [{ outcome: 'elsewhere' }],
      differences: [{ property: 'evidence' }, { property: 'description' }],
    });
  });

  it('takes an alert that comes twice once, and finds nothing otherwise in the second', async () => {
    await docket.correlate();
    const [one, same] = [along(aReport('a', 'pc-1')), along(aReport('a', 'pc-1'))];
    expect(await bring(consignment({ status: 'resolved' }, one, same))).toMatchObject({
      alerts: [{ outcome: 'imported' }, { outcome: 'unchanged' }],
      differences: [],
      closed: [{ alertId: 'a', from: 'new' }],
    });
  });

  it('refuses what is more than an incident holds, and takes the rest', async () => {
    await docket.correlate();
    const { incidents } = docket.parts;
    await bring(consignment());
    const most = Array.from({ length: limits.alerts - 1 }, (_, n) => alert(`full-${n}`));
    await incidents.execute(streams.incident('1'), aCommand(), addImportedAlerts(most));
    expect(await bring(consignment({}, along(aReport('last', 'pc-1'))))).toMatchObject({
      alerts: [{ outcome: 'imported' }],
    });
    expect(await bring(consignment({}, along(aReport('more', 'pc-1'))))).toMatchObject({
      alerts: [{ alertId: 'more', outcome: 'refused', because: { refused: 'too-many-alerts', incidentId: '1' } }],
    });
  });

  it('brings many large alerts and comments in parts that fit into an append', async () => {
    limitAppends(docket);
    await docket.correlate();
    const alerts = Array.from({ length: 60 }, (_, n) => along(aLargeReport(`large-${n}`)));
    const long = Array.from({ length: 40 }, (_, n) => aComment(`${n} ${'x'.repeat(30_000)}`));
    const short = Array.from({ length: 3_000 }, (_, n) => aComment(`Short ${n}.`));
    const sent = { ...consignment({}, ...alerts), comments: [...long, ...short] };
    expect(await bring(sent)).toMatchObject({ comments: { imported: 3_040 } });
    expect((await docket.incident('1'))?.alerts.size).toBe(60);
    expect(await bring(sent)).toMatchObject({ outcome: 'unchanged', comments: { imported: 0, unchanged: 3_040 } });
  });

  it('from another tenant is another incident, which needs a source of its own', async () => {
    await bring(consignment());
    const other = aSourceIncident({ tenantId: 't-2' });
    const refused = await docket.parts.incidentIntake.import(aCommand(), { ...consignment(), incident: other });
    expect(refused).toEqual({ refused: 'another-tenant', incidentId: '1', tenantId: 't-1' });
    expect(await bring(consignment({ tenantId: null }))).toMatchObject({ outcome: 'unchanged', incidentId: '1' });
    expect(await bring(consignment({ tenantId: 'T-1' }))).toMatchObject({ outcome: 'unchanged', incidentId: '1' });
    expect(await bring(consignment({ tenantId: 't-2', externalSource: 'defender-2' }))).toMatchObject({
      incidentId: '2',
    });
  });

  it('and was merged here since brings what is new into the one that it is part of, and nothing twice', async () => {
    await docket.correlate();
    await docket.report(aReport('x', 'pc-9'));
    const first = {
      ...consignment({}, along(aReport('a', 'pc-1'), [aComment('On a.', 'a')])),
      comments: [aComment('Hm.')],
    };
    await bring(first);
    await docket.parts.mergeIncidents.merge(aCommand(), { incidentIds: ['1', '2'], comment: null, reasons: [] });
    expect(await bring(first)).toMatchObject({
      outcome: 'unchanged',
      incidentId: '1',
      comments: { imported: 0, unchanged: 2 },
    });
    const more = {
      ...consignment({}, along(aReport('a', 'pc-1'), [aComment('On a.', 'a')]), along(aReport('b', 'pc-2'))),
      comments: [aComment('Hm.'), aComment('More.')],
    };
    expect(await bring(more)).toMatchObject({
      outcome: 'completed',
      incidentId: '1',
      alerts: [{ outcome: 'unchanged' }, { outcome: 'imported', incidentId: '1' }],
      comments: { imported: 1, unchanged: 2 },
    });
    expect([...(await docket.incident('1'))!.alerts.keys()]).toEqual(['x', 'a', 'b']);
  });

  it('and was merged into one that was opened here follows the rules of that one', async () => {
    await docket.correlate();
    await docket.report(aReport('x', 'pc-9', { severity: 'low' }));
    await docket.parts.incidents.execute(streams.incident('1'), aCommand(), assign({ to: 'kim', caller: 'kim' }));
    const a = along(aReport('a', 'pc-1', { severity: 'low' }));
    await bring(consignment({ severity: 'low' }, a));
    await docket.parts.mergeIncidents.merge(aCommand(), { incidentIds: ['1', '2'], comment: null, reasons: [] });
    await bring(
      consignment({ severity: 'low' }, a, along(aReport('b', 'pc-2', { severity: 'high', category: 'Impact' }))),
    );
    const { severity, displayName, alerts } = (await docket.incident('1'))!;
    expect({ severity, displayName, owner: alerts.get('b')!.assignedTo }).toEqual({
      severity: 'high',
      displayName: 'Multi-stage incident involving Execution & Impact on multiple endpoints',
      owner: 'kim',
    });
  });
});
