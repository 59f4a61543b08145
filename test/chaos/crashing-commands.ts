import { randomUUID } from 'node:crypto';
import type { Answer, Client } from '../e2e/client.js';
import { aComment, alertOn, alertsInto, alertsOf, incidents, largeAlert, must, report } from './material.js';
import type { CrashMoment, Order } from './mortal-docket.js';

/** A command on material of its own. Sent again it comes with the same key. */
export interface Attempt {
  readonly send: (client: Client) => Promise<Answer>;
  /** Waits for the moment at which the command is under way as it should be, and does what others do then. */
  readonly meanwhile?: (client: Client) => Promise<void>;
}

/** A command, and where a docket that carries it out may die. */
export interface CrashingCommand {
  readonly name: string;
  /** Everything that is appended for it, in the order in which the store answers; the docket dies before the first and after each. */
  readonly appends: readonly string[];
  prepare(client: Client): Promise<Attempt>;
  /** What comes in which order, where that would be chance. */
  readonly hold?: Order['hold'];
  /** It dies here first; `appends` are those of the life after, which nobody asks for anything. */
  readonly diesFirst?: CrashMoment;
  /** Up to and with this append it is another of these commands, whose points are not repeated. */
  readonly likeAnotherUpTo?: string;
  /** The status that a repetition is answered with, where its answer is not that of the first. */
  readonly whenRepeated?: number;
}

const opensWithAlert = 'IncidentOpened + AlertAdded';

export const crashingCommands: readonly CrashingCommand[] = [
  {
    name: 'comment',
    appends: ['IncidentCommented'],
    async prepare(client) {
      const [incidentId] = await incidents(client, 1);
      return command(`/v1/incidents/${incidentId}/comments`, { comment: 'Seen before.' });
    },
  },
  {
    name: 'open',
    appends: ['IncidentRegistered', 'OpenPlanned', 'IncidentOpened', 'PlanCarriedOut'],
    prepare: async () => command('/v1/incidents', { displayName: 'Opened by hand', customTags: ['crash'] }),
  },
  {
    name: 'move',
    appends: [
      'MovePlanned',
      'AlertMovedOut',
      'AlertMovedIn',
      'AlertMovedOut + IncidentTagged',
      'AlertMovedIn',
      'PlanCarriedOut',
    ],
    async prepare(client) {
      const [one, other, target] = await incidents(client, 3);
      const alertIds = [...(await alertsInto(client, one!, 1)), ...(await alertsOf(client, other!))];
      return command('/v1/alerts/move', { alertIds, incidentId: target, comment: 'They belong together.' });
    },
  },
  {
    name: 'move to a new incident',
    appends: ['IncidentRegistered', 'MovePlanned', 'AlertMovedOut', 'IncidentOpened + AlertMovedIn', 'PlanCarriedOut'],
    async prepare(client) {
      const [one] = await incidents(client, 1);
      return command('/v1/alerts/move', { alertIds: await alertsInto(client, one!, 2), incidentId: null });
    },
  },
  {
    name: 'move, carried out by the keeper of plans',
    diesFirst: { append: 'MovePlanned', nth: 1, when: 'after' },
    appends: ['AlertMovedOut', 'AlertMovedIn', 'PlanCarriedOut'],
    async prepare(client) {
      const [one, target] = await incidents(client, 2);
      return command('/v1/alerts/move', { alertIds: await alertsInto(client, one!, 1), incidentId: target });
    },
  },
  {
    name: 'merge',
    appends: [
      'MergePlanned',
      'IncidentMerged',
      'IncidentAbsorbed + IncidentTagged',
      'AlertMovedIn',
      'IncidentMerged',
      'IncidentAssigned',
      'IncidentAbsorbed',
      'AlertMovedIn',
      'PlanCarriedOut',
    ],
    async prepare(client) {
      const [target, tagged, owned] = await incidents(client, 3);
      await must(client.post(`/v1/incidents/${tagged}/tags`, { add: ['merged'] }));
      await must(client.post(`/v1/incidents/${owned}/assign`, { assignedTo: 'me' }));
      return command('/v1/incidents/merge', { incidentIds: [owned, target, tagged], comment: 'One attack.' });
    },
  },
  {
    name: 'merge of two chunks of alerts',
    appends: ['MergePlanned', 'IncidentMerged', 'IncidentAbsorbed', 'AlertMovedIn', 'AlertMovedIn', 'PlanCarriedOut'],
    async prepare(client) {
      const [target, source] = await incidents(client, 2);
      for (let nth = 0; nth < 3; nth += 1) await report(client, largeAlert(), { incidentId: source });
      return command('/v1/incidents/merge', { incidentIds: [target, source] });
    },
  },
  {
    name: 'merge, carried out by the keeper of plans',
    diesFirst: { append: 'IncidentMerged', nth: 1, when: 'after' },
    appends: ['IncidentAbsorbed', 'AlertMovedIn', 'PlanCarriedOut'],
    async prepare(client) {
      return command('/v1/incidents/merge', { incidentIds: await incidents(client, 2) });
    },
  },
  {
    name: 'report, and a new incident',
    appends: ['KeyReserved', 'AlertReported', 'IncidentRegistered', 'AlertsRouted', opensWithAlert],
    prepare: async () => command('/v1/alerts', alertOn(randomUUID())),
  },
  {
    name: 'report, correlated',
    appends: ['KeyReserved', 'AlertReported', 'AlertsRouted', 'AlertAdded'],
    async prepare(client) {
      const shared = randomUUID();
      await report(client, alertOn(shared));
      return command('/v1/alerts', alertOn(shared));
    },
  },
  {
    name: 'report into an incident',
    appends: ['KeyReserved', 'AlertReported', 'AlertsRouted', 'AlertAdded'],
    async prepare(client) {
      const [incidentId] = await incidents(client, 1);
      return command('/v1/alerts', { ...alertOn(randomUUID()), incidentId });
    },
  },
  {
    name: 'report of something newer',
    appends: ['KeyReserved', 'AlertReportUpdated', 'AlertUpdated'],
    async prepare(client) {
      const first = alertOn(randomUUID());
      await report(client, first);
      return command('/v1/alerts', { ...first, severity: 'high', lastUpdateDateTime: '2026-01-23T00:00:00Z' });
    },
  },
  {
    // The first opens an incident; while its number is waited for the others come, and are one batch: it joins one and opens one.
    name: 'reports in an array',
    hold: { append: 'IncidentRegistered', until: { append: 'AlertReported', nth: 4 } },
    appends: [
      'KeyReserved',
      ...Array.from({ length: 4 }, () => 'AlertReported'),
      ...['IncidentRegistered', 'AlertsRouted', opensWithAlert],
      ...['IncidentRegistered', 'AlertsRouted', 'AlertAdded', opensWithAlert],
    ],
    prepare: openingAndJoining,
  },
  {
    name: 'routes, taken up again by the correlator',
    hold: { append: 'IncidentRegistered', until: { append: 'AlertReported', nth: 4 } },
    diesFirst: { append: 'AlertsRouted', nth: 2, when: 'after' },
    appends: ['AlertAdded', opensWithAlert],
    prepare: openingAndJoining,
  },
  {
    name: 'report, turned away by an incident that is resolved meanwhile',
    hold: { append: 'AlertAdded', until: { append: 'IncidentResolved', nth: 1 } },
    likeAnotherUpTo: 'AlertsRouted',
    appends: [
      ...['KeyReserved', 'AlertReported', 'AlertsRouted', 'IncidentResolved', 'AlertsTurnedAway'],
      ...['IncidentRegistered', 'AlertsRouted', opensWithAlert],
    ],
    async prepare(client) {
      const shared = randomUUID();
      const { incidentId } = (await report(client, alertOn(shared))).body;
      return {
        ...command('/v1/alerts', alertOn(shared)),
        meanwhile: async (at) => void (await at.post(`/v1/incidents/${incidentId}/resolve`)),
      };
    },
  },
  {
    name: 'import',
    appends: [
      ...['KeyReserved', 'IncidentRegistered', 'ImportPlanned', 'IncidentImported', 'PlanCarriedOut'],
      ...['AlertReported', 'AlertsRouted', 'AlertAdded', 'CommentImported'],
    ],
    whenRepeated: 200,
    async prepare() {
      const along = { ...alertOn(randomUUID()), comments: [aComment('On the alert.')] };
      const incident = {
        id: String(Date.now()),
        displayName: 'From elsewhere',
        status: 'active',
        severity: 'medium',
        createdDateTime: '2026-01-22T12:00:00Z',
        lastUpdateDateTime: '2026-01-22T12:30:00Z',
        comments: [aComment('On the incident.')],
        alerts: [along],
      };
      return command('/v1/incidents/import', { source: `crash-${randomUUID().slice(0, 8)}`, incident });
    },
  },
];

function command(path: string, body: unknown): Attempt {
  const headers = { 'idempotency-key': randomUUID() };
  return { send: (client) => client.post(path, body, { headers }) };
}

async function openingAndJoining(client: Client): Promise<Attempt> {
  const [known, together] = [randomUUID(), randomUUID()];
  await report(client, alertOn(known));
  return command('/v1/alerts', [alertOn(randomUUID()), alertOn(known), alertOn(together), alertOn(together)]);
}
