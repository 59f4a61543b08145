import { randomUUID } from 'node:crypto';
import { connectEventStore } from '#event-store';
import type { DomainEvent, PendingEvent } from '#event-store';
import { schemas, streams, summarise } from '#incidents';
import type { AlertReport, DocketEvent } from '#incidents';
import { docketEvents } from '#process-managers';

const actor = { id: 'analyst1', name: 'analyst1', kind: 'user' } as const;
/** A shift works on so many incidents at a time, in turns. */
const atATime = 200;

const reportOf = (incident: number, nth: number): AlertReport => ({
  id: `da6375789952870511_${incident}_${nth}`,
  title: ['Suspicious sign-in', 'Inbox rule was created'][nth]!,
  severity: nth === 1 ? 'high' : 'medium',
  status: 'new',
  category: ['InitialAccess', 'Persistence'][nth]!,
  serviceSource: 'microsoftDefenderForOffice365',
  detectionSource: 'microsoftDefenderForOffice365',
  assignedTo: null,
  classification: null,
  determination: null,
  createdDateTime: '2026-01-01T12:00:00.123Z',
  lastUpdateDateTime: '2026-01-01T12:00:01.765Z',
  evidence: [
    {
      '@odata.type': '#microsoft.graph.security.userEvidence',
      userAccount: {
        accountName: `person.${incident}`,
        userPrincipalName: `person.${incident}@northwind.example`,
        userSid: `s-1-5-21-${incident}`,
      },
    },
    {
      '@odata.type': '#microsoft.graph.security.deviceEvidence',
      mdeDeviceId: `73e7e2de709dff64ef64b1d0c30e67fab6327${incident}`,
      deviceDnsName: `pc-${incident}.northwind.example`,
      riskScore: 'medium',
    },
  ],
  other: {
    description:
      'A sign-in came from a place where the person never was. Ask the person, and look at what was done after it.',
    recommendedActions: '1. Ask the person.\n2. Revoke the sessions.\n3. Look for rules that forward mail.',
    mitreTechniques: ['T1078.004'],
  },
});

type Step = readonly [stream: string, event: DocketEvent];

/** What happens to an incident with two alerts, from the first report to its end: ten events. */
function life(incident: number): Step[] {
  const incidentId = String(incident);
  const own = streams.incident(incidentId);
  const [first, second] = [reportOf(incident, 0), reportOf(incident, 1)];
  const arrives = (report: AlertReport): Step[] => [
    [streams.alert(report.id), { type: 'AlertReported', data: { report, incidentId: null, contentHash: '' } }],
    [own, { type: 'AlertAdded', data: { alert: summarise(report, 0), reason: { rule: 'nothingShared' } } }],
  ];
  const name = 'Multi-stage incident involving Initial access & Persistence involving one user';
  const alertIds = [first.id, second.id];
  const judgement = { classification: 'truePositive', determination: 'phishing' } as const;
  const [report, added] = arrives(first);
  return [
    report!,
    [
      own,
      {
        type: 'IncidentOpened',
        data: {
          incidentId,
          displayName: first.title,
          nameIsAutomatic: true,
          severity: 'high',
          severityIsAutomatic: true,
          description: null,
          customTags: [],
          origin: 'correlation',
        },
      },
    ],
    added!,
    ...arrives(second),
    [own, { type: 'IncidentNamedAutomatically', data: { displayName: name, previous: first.title } }],
    [own, { type: 'IncidentAssigned', data: { assignedTo: 'analyst1', previous: null, alertIds } }],
    [own, { type: 'IncidentTagged', data: { kind: 'custom', tags: [`team-${incident % 20}`] } }],
    [
      own,
      { type: 'IncidentCommented', data: { comment: 'Called the person: the rule is not theirs. Sessions revoked.' } },
    ],
    [
      own,
      {
        type: 'IncidentResolved',
        data: {
          previous: 'active',
          judgement,
          comment: null,
          resolvedAlertIds: [],
          resolvedAndClassifiedAlertIds: alertIds,
          classifiedAlertIds: [],
        },
      },
    ],
  ];
}

/** Writes the lives of so many incidents into an empty store, interleaved as a team works; resolves with the number of events. */
export async function writeLives(url: string, incidents: number): Promise<number> {
  const log = connectEventStore({ url, catalogue: docketEvents });
  let at = Date.UTC(2026, 0, 1);
  const pending = (event: DomainEvent): PendingEvent => ({
    id: randomUUID(),
    type: event.type,
    data: event.data,
    metadata: {
      $correlationId: randomUUID(),
      $causationId: randomUUID(),
      actor,
      at: new Date((at += 100)).toISOString(),
      schema: (schemas as Record<string, number>)[event.type]!,
    },
  });
  let events = 0;
  for (let from = 1; from <= incidents; from += atATime) {
    const lives = Array.from({ length: Math.min(atATime, incidents - from + 1) }, (_, nth) => life(from + nth));
    for (const nth of lives[0]!.keys())
      await Promise.all(lives.map((steps) => log.append(steps[nth]![0], 'any', [pending(steps[nth]![1])])));
    events += lives.length * lives[0]!.length;
  }
  // The correlator goes on from here: all were routed.
  const upTo = String(await log.head());
  await log.append('correlation', 'any', [pending({ type: 'AlertsRouted', data: { upTo, routes: [] } })]);
  await log.close();
  return events + 1;
}
