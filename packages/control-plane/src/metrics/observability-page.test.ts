/** docs/observability.md is complete: every metric with its labels, and every field of the events. */
import { readFileSync } from 'node:fs'
import { NodePullEvent, TakenPullEvent } from '@fairlead/contract/wire'
import { expect, test } from 'vitest'
import { metricTable, type MetricRow } from './metric-table.ts'

const page = readFileSync(new URL('../../../../docs/observability.md', import.meta.url), 'utf8')

function section(title: string): string[] {
  const [, rest = ''] = page.split(`\n${title}\n`)
  return (rest.split('\n#')[0] ?? '').split('\n').filter((line) => line.startsWith('| `'))
}

function lineOf(name: string, { kind, labels, help }: MetricRow): string {
  const shown = Object.entries(labels).map(([label, values]) => {
    if (values === 'paths') return `\`${label}\` (paths of the API, \`-\`)`
    return values.length > 10 ? `\`${label}\` (\`none\`, codes of problems)` : `\`${label}\` (${values.join(', ')})`
  })
  return `| \`${name}\` | ${kind} | ${shown.join('; ')} | ${help} |`
}

test('the table of metrics matches the program', () => {
  expect(section('### Of the control plane')).toEqual(
    Object.entries(metricTable).map(([name, row]) => lineOf(name, row)),
  )
})

test('the table of fields matches the events', () => {
  const fields = section('## One event per pull').map((line) => /^\| `(\w+)` \| ([^|]*) \|/.exec(line)?.slice(1) ?? [])
  const of = (where: string) =>
    new Set(fields.filter(([, found]) => found === 'both' || found === where).map(([name]) => name))
  expect(of('node')).toEqual(new Set(Object.keys(NodePullEvent.shape)))
  expect(of('control plane')).toEqual(new Set(Object.keys(TakenPullEvent.shape)))
})

test('the dashboard and the alerts ask for metrics and labels that there are', () => {
  const deployed = ['grafana/fairlead.json', 'prometheus/alerts.yaml'].map((name) =>
    readFileSync(new URL(`../../../../deploy/${name}`, import.meta.url), 'utf8').replaceAll('\\"', '"'),
  )
  const names = deployed.flatMap((text) => text.match(/fairlead_[a-z_]+/g) ?? [])
  const known = new Set(page.match(/fairlead_[a-z_]+/g))
  expect(names.map((name) => name.replace(/_(?:bucket|count)$/, '')).filter((name) => !known.has(name))).toEqual([])
  const asked = deployed.flatMap((text) => [...text.matchAll(/(fairlead_[a-z_]+)\{([^}]*)\}/g)])
  const unknown = asked.flatMap(([, name = '', matchers = '']) => {
    const row = Object.entries(metricTable).find(([metric]) => name.startsWith(metric))?.[1]
    const labels = Object.entries<readonly string[] | 'paths'>(row?.labels ?? {})
    return [...matchers.matchAll(/(\w+)[=!]~?"([^"]*)"/g)].flatMap(([text, label = '', values = '']) => {
      const possible = labels.find(([known]) => known === label)?.[1] ?? []
      return label === 'job' || values.split('|').every((value) => possible.includes(value)) ? [] : [`${name}: ${text}`]
    })
  })
  expect(unknown).toEqual([])
})
