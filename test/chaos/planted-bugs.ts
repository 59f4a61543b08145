import { randomUUID } from 'node:crypto';
import type { PartHealth } from '#platform';
import type { Client } from '../e2e/client.js';
import { RunningProgram } from '../e2e/processes.js';
import { findRunning } from '../../apps/cli/start/running.js';
import { crashAndRepeat, uncrashed } from './crash-and-repeat.js';
import { crashPointsOf } from './crash-points.js';
import { crashingCommands } from './crashing-commands.js';
import { StoredTruth } from './kept-promises.js';
import { alertOn, must, report } from './material.js';
import type { MortalDocket } from './mortal-docket.js';
import type { Patch } from './patched-programs.js';

/** Does what brings the bug to light; gives back the promises that are broken then, a line each. */
type Finder = (docket: MortalDocket) => Promise<string[]>;

export interface PlantedBug {
  readonly name: string;
  readonly patches: readonly Patch[];
  readonly find: Finder;
  /** What must be said of it. */
  readonly broken: RegExp;
}

export const plantedBugs: readonly PlantedBug[] = [
  {
    name: 'a command is acknowledged before it is appended',
    patches: [
      {
        file: 'libs/event-store/decider-runner',
        from: "const { revision, position } = await this.log.append(stream, entry.revision < 0 ? 'no-stream' : entry.revision, pending);",
        to: `void this.log.append(stream, entry.revision < 0 ? 'no-stream' : entry.revision, pending);
        const revision = entry.revision + pending.length, position = entry.position + 1n;`,
      },
    ],
    find: dyingAt('comment', 'before IncidentCommented'),
    broken: /acknowledged: event 2 of incident \d+ .* is not there/,
  },
  {
    name: 'a repeated command is not recognised',
    patches: [
      {
        file: 'libs/event-store/decider-runner',
        from: 'const first = entry.commands.get(command.id);',
        to: 'const first = undefined;',
      },
    ],
    find: dyingAt('comment', 'after IncidentCommented'),
    broken: /has the id \S+, as an event before it/,
  },
  {
    name: 'the commands of a stream are forgotten when it is read again',
    patches: [
      {
        file: 'libs/event-store/decider-runner',
        from: 'entry = this.fold(entry, event);',
        to: 'entry = this.fold(entry, event); entry.commands.clear();',
      },
    ],
    find: dyingAt('comment', 'after IncidentCommented'),
    broken: /has the id \S+, as an event before it/,
  },
  {
    name: 'what was moved does not arrive',
    patches: [
      {
        file: 'libs/process-managers/transfers',
        from: 'await this.arrive(departure, toIncidentId, {',
        to: 'if (false) await this.arrive(departure, toIncidentId, {',
      },
    ],
    find: dyingAt('move', 'after AlertMovedOut'),
    broken: /calls a plan carried out, but|transfers are not brought/,
  },
  {
    name: 'what was moved arrives twice',
    patches: [
      {
        file: 'libs/process-managers/transfers',
        from: 'isThere: ({ arrived })=>arrived.has(arrival.transferId),',
        to: 'isThere: ()=>false,',
      },
      {
        file: 'libs/process-managers/transfers',
        from: "id: commandId('arrival', transferId),",
        to: 'id: crypto.randomUUID(),',
      },
      {
        file: 'libs/incidents/decisions/move',
        from: 'if (incident?.arrived.has(transferId)) return [];',
        to: '',
      },
    ],
    find: dyingAt('move', 'after AlertMovedIn #1'),
    broken: /is an arrival without a departure, or the second one/,
  },
  {
    name: 'a resolve misses an alert that was moved in',
    patches: [
      {
        file: 'libs/incidents/decisions/status',
        from: 'for (const { alertId, status, classification } of incident.alerts.values()){',
        to: 'for (const { alertId, status, classification } of incident.alerts.values()){ if (incident.cameFrom.has(alertId)) continue;',
      },
    ],
    find: doing(async (client) => {
      const [moved, there] = [await reported(client), await reported(client)];
      await must(client.post('/v1/alerts/move', { alertIds: [moved.id], incidentId: there.incidentId }));
      await must(client.post(`/v1/incidents/${there.incidentId}/resolve`));
    }),
    broken: /leaves 1 alerts open in a resolved incident/,
  },
  {
    name: 'a merge redirects to a larger number',
    patches: [
      {
        file: 'libs/incidents/decisions/merge',
        from: 'Number(one.incidentId) - Number(other.incidentId)',
        to: 'Number(other.incidentId) - Number(one.incidentId)',
      },
      {
        file: 'libs/incidents/decisions/merge',
        from: 'if (Number(toIncidentId) >= Number(incidentId)) throw',
        to: 'if (false) throw',
      },
    ],
    find: doing(async (client) => {
      const [one, other] = [await reported(client), await reported(client)];
      await must(client.post('/v1/incidents/merge', { incidentIds: [one.incidentId, other.incidentId] }));
    }),
    broken: /is merged into incident \d+, whose number is not smaller/,
  },
  {
    name: 'a correlator is not fenced',
    patches: [
      {
        file: 'libs/process-managers/correlation/correlator',
        from: "const expected = this.revision < 0 ? 'no-stream' : this.revision;",
        to: "const expected = 'any';",
      },
    ],
    find: besideAnotherProjector(async (client) => {
      for (let nth = 0; nth < 3; nth += 1) await reported(client);
    }),
    broken: /adds alert \w+(-\w+)*, which is in incident \d+/,
  },
  {
    name: 'a reopen opens what the resolve had not closed',
    patches: [
      {
        file: 'libs/incidents/decisions/status',
        from: 'function reopened({ closedByResolve }) {',
        to: `function reopened({ closedByResolve: ofResolve, alerts }) {
    const closedByResolve = [...alerts.keys()].map((alertId) => [alertId, ofResolve.get(alertId) ?? 'new']);`,
      },
    ],
    find: doing(async (client) => {
      const { incidentId, id } = await reported(client);
      await reported(client, { incidentId });
      await must(client.post(`/v1/alerts/${id}/resolve`));
      await must(client.post(`/v1/incidents/${incidentId}/resolve`));
      await must(client.post(`/v1/incidents/${incidentId}/reopen`));
    }),
    broken: /makes alert \S+ new again, where/,
  },
  {
    name: 'an automatic name overwrites one that somebody gave',
    patches: [{ file: 'libs/incidents/decisions/consequences', from: 'incident.nameIsAutomatic && ', to: '' }],
    find: doing(async (client) => {
      const { incidentId } = await reported(client);
      await must(client.post(`/v1/incidents/${incidentId}/rename`, { displayName: 'The name that stays' }));
      await reported(client, { incidentId, title: 'Another title', category: 'Exfiltration' });
    }),
    broken: /overwrites a name that somebody gave/,
  },
];

/** Carries a command of the crash matrix out twice: without a crash, and with one at this point. */
function dyingAt(commandName: string, pointName: string): Finder {
  const command = crashingCommands.find(({ name }) => name === commandName)!;
  const point = crashPointsOf(command).find(({ name }) => name === pointName)!;
  return async (docket) => crashAndRepeat(docket, command, point, await uncrashed(docket, command));
}

function doing(commands: (client: Client) => Promise<void>): Finder {
  return async (docket) => {
    await commands(await docket.as('kim'));
    return StoredTruth.look(docket, (truth) => truth.brokenPromises());
  };
}

/**
 * With a second correlator on the same log. On the same read model its projector would stand by; it has one of its own, and so a lease of
 * its own.
 */
function besideAnotherProjector(commands: (client: Client) => Promise<void>): Finder {
  return async (docket) => {
    const { eventStoreUrl, mongodbUrl } = findRunning(docket.folder)!;
    const ownReadModel = new URL(mongodbUrl);
    ownReadModel.pathname = '/another';
    const another = new RunningProgram(
      'apps/projector/main.js',
      [],
      { EVENTSTORE_URL: eventStoreUrl, MONGODB_URL: ownReadModel.href, DOCKET_PROJECTOR_PORT: '0' },
      undefined,
      docket.programs,
    );
    try {
      const address = await another.says(/ready on (\S+)/, 60_000);
      for (let isLive = false; !isLive;) {
        const { parts } = (await (await fetch(`${address}/health/ready`)).json()) as {
          parts: Record<string, PartHealth>;
        };
        isLive = parts.correlation?.state === 'live';
      }
      return await doing(commands)(docket);
    } finally {
      await another.stop('SIGKILL');
    }
  };
}

/** An alert that shares nothing with any other. */
const reported = async (
  client: Client,
  but: Record<string, unknown> = {},
): Promise<{ id: string; incidentId: string }> => (await report(client, alertOn(randomUUID()), but)).body;
