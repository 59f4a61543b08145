import { AggregatorRegistry, Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import type { MetricObjectWithValues, MetricValue } from 'prom-client';
import { metricsCatalogue } from './metrics-catalogue.js';
import type { CounterName, FigureName, HistogramName, LabelOf, MetricName } from './metrics-catalogue.js';

/** What a part of a process has measured, as it can be sent from one thread to another. */
export type Measured = MetricObjectWithValues<MetricValue<string>>[];

/** Asked at each scrape. */
export interface MetricsSource {
  measured(): Promise<Measured>;
}

/** Prometheus' text. Where several sources have one metric with the same labels, the sum is told; a source that fails is left out. */
export async function expositionOf(sources: readonly MetricsSource[]): Promise<string> {
  const answers = await Promise.allSettled(sources.map((source) => source.measured()));
  const measured = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []));
  return AggregatorRegistry.aggregate(measured).metrics();
}

/** Of the text format that `expositionOf` gives. */
export const expositionType = Registry.PROMETHEUS_CONTENT_TYPE;

/** What is counted along as it happens. */
export class Meters implements MetricsSource {
  readonly #registry = new Registry();

  counter<Name extends CounterName>(name: Name): Counter<LabelOf<Name>> {
    return new Counter(this.#described(name));
  }

  histogram<Name extends HistogramName>(name: Name): Histogram<LabelOf<Name>> {
    return new Histogram({ ...this.#described(name), buckets: [...metricsCatalogue[name].buckets] });
  }

  measured(): Promise<Measured> {
    return this.#registry.getMetricsAsJSON() as Promise<unknown> as Promise<Measured>;
  }

  #described<Name extends MetricName>(name: Name) {
    const { about: help, labels } = metricsCatalogue[name];
    return { name, help, labelNames: labels as readonly LabelOf<Name>[], registers: [this.#registry] };
  }
}

/** What is read off at the moment of a scrape. Made anew for each, so that what is gone is told no more. */
export class Figures {
  readonly #registry = new Registry();

  /** `value` undefined: not known, and left out. */
  tell<Name extends FigureName>(
    name: Name,
    value: number | undefined,
    labels: Partial<Record<LabelOf<Name>, string>> = {},
  ): this {
    if (value === undefined) return this;
    const { type, about: help, labels: labelNames } = metricsCatalogue[name];
    const description = { name, help, labelNames, registers: [this.#registry] };
    const known = this.#registry.getSingleMetric(name) as Counter | Gauge | undefined;
    (known ?? (type === 'counter' ? new Counter(description) : new Gauge(description))).inc(labels, value);
    return this;
  }

  measured(): Promise<Measured> {
    return this.#registry.getMetricsAsJSON() as Promise<unknown> as Promise<Measured>;
  }
}

let registryOfProcess: Registry | undefined;

/** Of the process and its event loop, under the names that dashboards for Node know. Counted from the first call on. */
export function processMetrics(): MetricsSource {
  if (!registryOfProcess) {
    registryOfProcess = new Registry();
    collectDefaultMetrics({ register: registryOfProcess });
  }
  const registry = registryOfProcess;
  return { measured: () => registry.getMetricsAsJSON() as Promise<unknown> as Promise<Measured> };
}
