export { startProjectorThread } from './projector-thread.js';
export type { ProjectorThread } from './projector-thread.js';
