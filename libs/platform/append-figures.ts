import { Figures } from './metrics.js';

/** What a process has appended to the log. */
export interface AppendCounts {
  readonly events: number;
  readonly outcomes: ReadonlyMap<string, number>;
  readonly seconds: number;
}

export function tellAppends(figures: Figures, { events, outcomes, seconds }: AppendCounts): Figures {
  for (const [outcome, times] of outcomes) figures.tell('docket_appends_total', times, { outcome });
  return figures.tell('docket_events_appended_total', events).tell('docket_append_seconds_total', seconds);
}
