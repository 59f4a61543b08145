import { Figures, tellAppends } from '#platform';
import type { AppendCounts, Measured, MetricsSource } from '#platform';
import type { LiveFeed } from '../live/live-feed.js';

/** What is read off an api at a scrape, beside what is counted along with requests. */
export class ApiMetrics implements MetricsSource {
  constructor(
    private readonly live: Pick<LiveFeed, 'connections'>,
    private readonly appends: AppendCounts | undefined,
  ) {}

  measured(): Promise<Measured> {
    const figures = new Figures().tell('docket_live_connections', this.live.connections);
    if (this.appends) tellAppends(figures, this.appends);
    return figures.measured();
  }
}
