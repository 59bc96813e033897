/** The metrics of the table in a registry of Prometheus' own client; the compiler accepts no other label value. */
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'
import { metricTable, type LabelsOf, type MetricName, type MetricRow, type NameOf } from './metric-table.ts'

export class MetricSet {
  readonly registry = new Registry()
  readonly #metrics = new Map<MetricName, Counter | Gauge | Histogram>()

  constructor() {
    collectDefaultMetrics({ register: this.registry })
    for (const [name, row] of Object.entries(metricTable)) {
      this.#metrics.set(name as MetricName, make(name, row, this.registry))
    }
  }

  count<Name extends NameOf<'counter'>>(name: Name, labels: LabelsOf<Name>, by = 1): void {
    ;(this.#metrics.get(name) as Counter).inc(labels as Record<string, string>, by)
  }

  set<Name extends NameOf<'gauge'>>(name: Name, labels: LabelsOf<Name>, value: number): void {
    ;(this.#metrics.get(name) as Gauge).set(labels as Record<string, string>, value)
  }

  observe<Name extends NameOf<'histogram'>>(name: Name, labels: LabelsOf<Name>, value: number): void {
    ;(this.#metrics.get(name) as Histogram).observe(labels as Record<string, string>, value)
  }
}

function make(name: string, { kind, help, labels, buckets }: MetricRow, registry: Registry) {
  const shared = { name, help, labelNames: Object.keys(labels), registers: [registry] }
  if (kind === 'counter') return fromZero(new Counter(shared), labels)
  if (kind === 'gauge') return unknownYet(new Gauge(shared), labels)
  return new Histogram({ ...shared, ...(buckets && { buckets: [...buckets] }) })
}

/** A series that begins with its first event hides that event from `increase()`. With few values, all can exist from the start. */
function fromZero(counter: Counter, labels: MetricRow['labels']): Counter {
  const [[label, values] = ['', []], ...more] = Object.entries(labels)
  if (more.length === 0 && values !== 'paths') for (const value of values) counter.inc({ [label]: value }, 0)
  return counter
}

/** The library starts a gauge without labels at 0, as if that were known. */
function unknownYet(gauge: Gauge, labels: MetricRow['labels']): Gauge {
  if (Object.keys(labels).length === 0) gauge.remove()
  return gauge
}
