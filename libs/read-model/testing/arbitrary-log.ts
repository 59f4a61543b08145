import fc from 'fast-check';
import * as decisions from '#incidents';
import type { Decision, Incident } from '#incidents';
import type { RecordedEvent } from '#event-store';
import { aComment as importedComment } from '../../incidents/testing/source-incident.js';
import { Recorder, imported, report } from './recorder.js';

type Step = (docket: Recorder) => void;
type Decide = (incident: Incident | undefined) => Decision;

const anIncidentId = fc.constantFrom('1', '2', '3');
const anAlertId = fc.constantFrom('a', 'b', 'c', 'd');
const aPerson = fc.constantFrom('kim', 'lee');
const aComment = fc.constantFrom('Looking.', 'Done.');
const aJudgement = fc.constantFrom(
  { classification: 'truePositive', determination: 'malware' } as const,
  { classification: 'falsePositive', determination: null } as const,
  { classification: null, determination: null } as const,
);
const because = { comment: null, reasons: [] };

const command = (decide: fc.Arbitrary<Decide>): fc.Arbitrary<Step> =>
  fc.tuple(anIncidentId, decide).map(
    ([incidentId, decided]) =>
      (docket) =>
        void docket.decided(incidentId, decided),
  );

const anAssignment = fc.tuple(aPerson, aPerson).map(([to, caller]) => ({ to, caller }));

const aCommand: fc.Arbitrary<Step> = fc.oneof(
  command(fc.constantFrom('Ours', 'Theirs').map((displayName) => decisions.rename({ displayName }))),
  command(anAssignment.map(decisions.assign)),
  command(fc.constant(decisions.unassign())),
  command(fc.constant(decisions.start())),
  command(
    fc.tuple(aJudgement, fc.option(aComment)).map(([judgement, comment]) => decisions.resolve({ judgement, comment })),
  ),
  command(fc.constant(decisions.reopen())),
  command(aJudgement.map(decisions.classify)),
  command(
    fc.constantFrom('automatic' as const, 'high' as const).map((severity) => decisions.setSeverity({ severity })),
  ),
  command(fc.constantFrom('vip', 'VIP', 'x').map((tag) => decisions.changeTags({ add: [tag], remove: ['x'] }))),
  command(aComment.map((comment) => decisions.comment({ comment }))),
  command(fc.tuple(anAlertId, anAssignment).map(([id, to]) => decisions.assignAlert(id, to))),
  command(anAlertId.map((id) => decisions.startAlert(id))),
  command(fc.tuple(anAlertId, fc.option(aComment)).map(([id, comment]) => decisions.resolveAlert(id, { comment }))),
  command(anAlertId.map((id) => decisions.reopenAlert(id))),
  command(fc.tuple(anAlertId, aComment).map(([id, comment]) => decisions.commentOnAlert(id, { comment }))),
);

/** A new alert is reported and routed, one that is there is reported anew, elsewhere. */
const aReport: fc.Arbitrary<Step> = fc
  .tuple(anAlertId, anIncidentId, fc.boolean())
  .map(([id, incidentId, sameAsset]) => (docket) => {
    const sent = report(id, {
      severity: sameAsset ? 'low' : 'high',
      ...(sameAsset ? { evidence: report('x').evidence } : {}),
    });
    const there = ['1', '2', '3'].find((at) => docket.incident(at)?.alerts.has(id));
    if (there !== undefined) {
      docket.reportedAnew({ ...sent, title: 'Anew' });
      const known = docket.incident(there)!.alerts.get(id)!.reportRevision;
      docket.decided(there, decisions.updateAlert(decisions.summarise({ ...sent, title: 'Anew' }, known + 1)));
    } else if (docket.incident(incidentId)?.status !== 'resolved' && !docket.incident(incidentId)?.redirect) {
      docket.reported(sent);
      const arrival = { alert: decisions.summarise(sent, 0), reason: { rule: 'nothingShared' } as const };
      docket.decided(incidentId, decisions.addAlerts(incidentId, [arrival]));
    }
  });

/** An incident that is not here yet comes from elsewhere, or further alerts and comments of it do. */
const anImport: fc.Arbitrary<Step> = fc
  .record({
    id: anAlertId,
    incidentId: anIncidentId,
    incidentStatus: fc.constantFrom(...decisions.workStatuses),
    status: fc.constantFrom(...decisions.alertStatuses),
    comment: aComment,
  })
  .map(({ id, incidentId, incidentStatus, status, comment }) => (docket) => {
    if (!docket.incident(incidentId)) docket.happened(incidentId, imported(incidentId, { status: incidentStatus }));
    if (docket.incident(incidentId)?.redirect) return;
    const sent = report(id, { status });
    if (!['1', '2', '3'].some((at) => docket.incident(at)?.alerts.has(id))) {
      docket.reported(sent);
      docket.decided(incidentId, decisions.addImportedAlerts([decisions.summarise(sent, 0)]));
    }
    const onAlert = docket.incident(incidentId)?.alerts.has(id) ? id : null;
    docket.decided(incidentId, decisions.importComments([importedComment(comment, onAlert)]));
  });

const aMove: fc.Arbitrary<Step> = fc
  .tuple(anIncidentId, anIncidentId)
  .filter(([from, to]) => from !== to)
  .map(([from, to]) => (docket) => {
    const alertIds = [...(docket.incident(from)?.alerts.keys() ?? [])].slice(0, 2);
    if (alertIds.length === 0 || docket.incident(to)?.redirect) return;
    docket.decided(from, decisions.moveOut({ alertIds, toIncidentId: to, ...because }));
    const { transferId } = docket.incident(from)!.departed.get(alertIds[0]!)!;
    const departure = docket.of(from).find(({ id }) => id === transferId)!;
    if (departure.type !== 'AlertMovedOut') return;
    const { alerts } = departure.data;
    docket.decided(to, decisions.moveIn({ incidentId: to, fromIncidentId: from, transferId, alerts, ...because }));
  });

const aMerge: fc.Arbitrary<Step> = fc
  .constantFrom(['2', '1'] as const, ['3', '1'] as const, ['3', '2'] as const)
  .map(([from, to]) => (docket) => {
    const target = docket.incident(to);
    if (!target || target.redirect || !docket.incident(from) || docket.incident(from)!.redirect) return;
    docket.decided(from, decisions.merge({ toIncidentId: to, ...because }));
    const source = docket.incident(from)!;
    if (!source.redirect) return;
    const { transferId, alerts: all } = source.redirect;
    docket.decided(to, decisions.absorb({ from: source, transferId, ...because }));
    const alerts = [...all.values()];
    const arrival = { fromIncidentId: from, transferId: `${transferId}/0`, alerts, ...because };
    if (alerts.length > 0) docket.decided(to, decisions.moveIn({ incidentId: to, ...arrival }));
  });

/** A log of three incidents, opened here or elsewhere, and four alerts, as the domain would have it. */
export const aLog: fc.Arbitrary<readonly RecordedEvent[]> = fc
  .array(
    fc.oneof(
      { weight: 5, arbitrary: aCommand },
      { weight: 3, arbitrary: aReport },
      { weight: 1, arbitrary: anImport },
      { weight: 2, arbitrary: aMove },
      { weight: 1, arbitrary: aMerge },
    ),
    {
      minLength: 5,
      maxLength: 40,
    },
  )
  .map((steps) => {
    const docket = new Recorder();
    for (const step of steps) step(docket);
    return docket.events;
  });
