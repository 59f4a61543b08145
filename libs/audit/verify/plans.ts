import type { RecordedEvent } from '#event-store';
import type { DocketEvent, PlanEvent } from '#incidents';
import type { Faults } from './faults.js';
import type { Redirects } from './redirects.js';

type Plan = Exclude<PlanEvent, { type: 'PlanCarriedOut' | 'KeyReserved' }>;

const planned: ReadonlySet<string> = new Set<Plan['type']>([
  'OpenPlanned',
  'ImportPlanned',
  'MovePlanned',
  'MergePlanned',
]);

/** What a command that spans streams set out to do it does: no plan is left half-way, and none is called done before it is. */
export class PlansCheck {
  /** Those that are not carried out, by stream. */
  private readonly open = new Map<string, RecordedEvent<Plan>>();

  constructor(
    private readonly redirects: Redirects,
    private readonly faults: Faults,
  ) {}

  see(event: RecordedEvent<DocketEvent>): void {
    if (isPlan(event)) this.begin(event);
    if (event.type === 'PlanCarriedOut') this.finish(event);
  }

  /** How many plans are under way. `due`: in milliseconds; whatever is older should be done. */
  end(due: number): number {
    for (const plan of this.open.values())
      if (Date.parse(plan.metadata.at) < due) this.faults.add(plan, 'is a plan that was not carried out');
    return this.open.size;
  }

  private begin(plan: RecordedEvent<Plan>): void {
    if (plan.revision > 0) this.faults.add(plan, 'is a second plan of the same command');
    else this.open.set(plan.stream, plan);
  }

  private finish(event: RecordedEvent): void {
    const plan = this.open.get(event.stream);
    if (!plan) return this.faults.add(event, 'carries out no plan, or one that was carried out before');
    this.open.delete(event.stream);
    for (const missing of this.missing(plan)) this.faults.add(event, `calls a plan carried out, but ${missing}`);
  }

  private missing({ type, data }: Plan): string[] {
    switch (type) {
      case 'OpenPlanned':
        return this.unopened(data.incidentId);
      case 'ImportPlanned':
        return this.unopened(data.imported.incidentId);
      case 'MergePlanned':
        return data.fromIncidentIds
          .filter((incidentId) => this.redirects.of(incidentId) === undefined)
          .map((incidentId) => `incident ${incidentId} was not merged`);
      case 'MovePlanned': // where others were faster nothing moves
        return [];
    }
  }

  private unopened(incidentId: string): string[] {
    return this.redirects.knows(incidentId) ? [] : [`incident ${incidentId} was not opened`];
  }
}

const isPlan = (event: RecordedEvent<DocketEvent>): event is RecordedEvent<Plan> => planned.has(event.type);
