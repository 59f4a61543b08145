import type { Listeners } from '../storage/log.js';

/** For a log that nobody subscribes to. */
export const nobody: Listeners = {
  onCommitted: () => undefined,
  onRefused: () => undefined,
  onFailure: () => undefined,
};
