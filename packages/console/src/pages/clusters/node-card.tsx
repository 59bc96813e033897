/** One node's part in a cluster: its current work in one line, and below it each step with its problem and its container's last output. */
import { problems, type ProblemDocument } from '@fairlead/contract/problems'
import { type ClusterNode } from '@fairlead/contract/wire'
import { UnstyledButton } from '@mantine/core'
import { IconChevronRight } from '@tabler/icons-react'
import { useId, useState } from 'react'
import { useFailedPull } from '../../steps/pull-of-steps.ts'
import { StepList } from '../../steps/step-list.tsx'
import { ProblemLink } from '../../ui/problem-card.tsx'
import { StateBadge } from '../../ui/state-badge.tsx'
import { TextLink } from '../../ui/text-link.tsx'
import { TimeText } from '../../ui/time-text.tsx'
import { isOver, phaseWords } from './cluster-words.ts'
import { PrintedLast } from './printed-last.tsx'
import { nowText } from './now-text.ts'
import classes from './node-card.module.css'

export interface NodeCardProps {
  readonly node: ClusterNode
  readonly clusterId: string
  readonly told: ProblemDocument | null
  readonly isOpenAtFirst: boolean
}

export function NodeCard({ node, clusterId, told, isOpenAtFirst }: NodeCardProps) {
  const { node_name: name, role, phase, steps, problem, warnings } = node
  const [chosen, choose] = useState<boolean | null>(null)
  const pullId = useFailedPull({ cluster_id: clusterId, node_id: node.node_id }, steps)
  const isOpen = chosen ?? (isOpenAtFirst || phase === 'failed')
  const stepsId = useId()
  const isToldAbove = problem !== null && told?.code === problem.code && told.detail === problem.detail
  return (
    <article className={classes.card} aria-label={`${role} ${name}`} data-phase={phase}>
      <header className={classes.header}>
        <UnstyledButton
          className={classes.opener}
          aria-expanded={isOpen}
          aria-controls={stepsId}
          aria-label={`Steps of ${name}`}
          onClick={() => choose(!isOpen)}
        >
          <IconChevronRight size={16} stroke={1.8} aria-hidden />
        </UnstyledButton>
        <span className={classes.name}>
          <TextLink to="/nodes/$id" params={{ id: node.node_id }}>
            {name}
          </TextLink>
          <span className="quiet">{role}</span>
        </span>
        <StateBadge state={phaseWords[phase]} />
        <span className={classes.now}>
          {phase === 'lost' ? (
            <>
              last heard <TimeText at={node.last_heard_at} />
            </>
          ) : (
            nowText(node)
          )}
        </span>
      </header>
      <div id={stepsId} className={classes.body} hidden={!isOpen}>
        {steps.length === 0 && problem === null && <p className={classes.none}>Its agent has not begun yet.</p>}
        <StepList steps={steps} problem={problem} pullId={pullId} isToldAbove={isToldAbove} isOver={isOver(phase)} />
        {warnings.map((code) => (
          <p key={code} className={classes.warning}>
            <ProblemLink code={code} /> {problems[code].title}
          </p>
        ))}
        <PrintedLast node={node} />
      </div>
    </article>
  )
}
