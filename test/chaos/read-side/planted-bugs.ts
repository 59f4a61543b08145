import { setTimeout as sleep } from 'node:timers/promises';
import type { Patch } from '../patched-programs.js';
import { checkpointsSetBack, killedAmidWrites, twoProjectors } from './faults.js';
import type { Fault } from './faults.js';

export interface PlantedBug {
  readonly name: string;
  readonly patch: Patch;
  /** What brings it to light. */
  readonly befall: Fault;
  /** What must be said of it. */
  readonly broken: RegExp;
}

export const plantedBugs: readonly PlantedBug[] = [
  {
    name: 'alerts are changed whatever they reflect',
    patch: {
      file: 'libs/read-model/alerts/alerts-projection',
      from: '_id: only,\n                position: {\n                    $lt: position\n                }',
      to: '_id: only',
    },
    befall: checkpointsSetBack,
    broken: /^alerts \S+: .*commentCount is \d+, not \d+/m,
  },
  {
    name: 'the checkpoint is written before the documents',
    patch: {
      file: 'libs/read-model/generations/feed',
      from: 'await fed.projection.apply(news);\n    await fed.generation.checkpoints.record(fed.projection.name, last);',
      to: 'await fed.generation.checkpoints.record(fed.projection.name, last);\n    await fed.projection.apply(news);',
    },
    befall: killedAmidWrites(6),
    broken: /^(incidents|entities|alerts|figures|measuredIncidents) \S+( is missing|: .* is \S+, not)/m,
  },
  {
    name: 'whoever takes over goes on from what he remembers',
    patch: { file: 'libs/read-model/incidents/incidents-projection', from: 'this.#folded.clear();', to: '' },
    befall: twoProjectors({ waits: false }),
    broken: /^incidents \d+: .* is \S+, not/m,
  },
  {
    name: 'a reader is answered before what he asks for is shown',
    patch: {
      file: 'libs/read-model/checkpoints',
      from: 'if (this.#at(projection) >= position) return Promise.resolve();',
      to: 'return Promise.resolve();',
    },
    befall: () => sleep(1_000),
    broken: /sees incident \d+ at \d+, older than \d+, which is up to \d+/,
  },
];
