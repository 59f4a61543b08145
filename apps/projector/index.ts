export { processManagers } from './process-managers.js';
export type { ProcessManagerOptions } from './process-managers.js';
export { Projector, ProjectorFailing, startProjector } from './projector.js';
export type { ProjectorHealth, ProjectorOptions } from './projector.js';
export { ProjectorModule } from './projector.module.js';
export type { Process, Running } from './process.js';
export type { ProcessHealth } from './supervised.js';
