/** The nodes of a cluster, each with its steps. If there are many, only some are shown at first. */
import type { ProblemDocument } from '@fairlead/contract/problems'
import type { ClusterNode } from '@fairlead/contract/wire'
import { Button } from '@mantine/core'
import { useState } from 'react'
import { Section } from '../../ui/page.tsx'
import { NodeCard } from './node-card.tsx'
import { UnsharedOutput } from './printed-last.tsx'
import classes from './nodes-section.module.css'

const shownFirst = 12
/** Up to this many are shown with all their steps at once. */
const openUpTo = 3

export interface NodesSectionProps {
  readonly title: string
  readonly clusterId: string
  /** In display order. */
  readonly nodes: readonly ClusterNode[]
  /** The problem that the page shows above. */
  readonly told: ProblemDocument | null
}

export function NodesSection({ title, clusterId, nodes, told }: NodesSectionProps) {
  const [showsAll, showAll] = useState(false)
  const shown = showsAll ? nodes : nodes.slice(0, shownFirst)
  return (
    <Section title={title}>
      <ul className={classes.nodes}>
        {shown.map((node) => (
          <li key={node.node_id}>
            <NodeCard node={node} clusterId={clusterId} told={told} isOpenAtFirst={nodes.length <= openUpTo} />
          </li>
        ))}
      </ul>
      {shown.length < nodes.length && (
        <Button variant="subtle" onClick={() => showAll(true)}>
          Show all {nodes.length}
        </Button>
      )}
      <UnsharedOutput nodes={nodes} />
    </Section>
  )
}
