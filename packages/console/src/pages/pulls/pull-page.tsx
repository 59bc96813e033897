/** One pull: the path of its credential, what went wrong, its times, and its record. */
import { Skeleton } from '@mantine/core'
import { getRouteApi } from '@tanstack/react-router'
import { CredentialPathFigure } from '../../credential-path/credential-path-figure.tsx'
import { WaterfallChart } from '../../steps/waterfall-chart.tsx'
import { Page, Section, type Crumb } from '../../ui/page.tsx'
import { ProblemCard } from '../../ui/problem-card.tsx'
import { stateWords } from '../../ui/state-badge.tsx'
import type { PullRecord } from '@fairlead/contract/wire'
import { DecisionBadge } from './decision-text.tsx'
import { problemOfPull } from './problem-of-pull.ts'
import { PullFacts } from './pull-facts.tsx'
import { imageTitle } from './pull-words.ts'
import { usePull, usePullPlace } from './use-pull.ts'

const route = getRouteApi('/pulls/$id')
const pullsPath: readonly Crumb[] = [{ text: 'Records' }, { text: 'Pulls', link: { to: '/pulls' } }]

export function PullPage() {
  const { id } = route.useParams()
  const { record, error } = usePull(id)
  return (
    <Page
      title={record === null ? 'Pull' : `Pull of ${imageTitle(record)}`}
      tab={
        record === null
          ? 'Pull'
          : `Pull of ${imageTitle(record)} ${record.code === null ? stateWords(record.decision) : 'failed'}`
      }
      path={pullsPath}
      state={record && <DecisionBadge record={record} />}
    >
      {error !== null && record === null && <ProblemCard error={error} />}
      {record === null && error === null && <Skeleton height="30rem" />}
      {record !== null && <Pull record={record} />}
    </Page>
  )
}

function Pull({ record }: { record: PullRecord }) {
  const { node, cloud, isPending } = usePullPlace(record.node_id)
  // All at once: otherwise later content would push earlier content down.
  if (isPending) return <Skeleton height="30rem" />
  const problem = problemOfPull(record, { node, provider: cloud?.provider ?? null })
  const subject = { record, nodeName: node?.name ?? null, principal: node?.identity?.principal ?? null, cloud }
  return (
    <>
      {problem !== null && <ProblemCard document={problem} />}
      <CredentialPathFigure subject={subject} />
      {record.steps.length > 0 && (
        <Section title="Times">
          <WaterfallChart label="The steps" groups={[{ title: node?.name ?? 'Node', steps: record.steps }]} />
        </Section>
      )}
      <Section title="Record">
        <PullFacts record={record} node={node} />
      </Section>
    </>
  )
}
