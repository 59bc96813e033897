/** Whether a node is online or has only joined, whether it only checks, and what is wrong with its records. */
import type { Node } from '@fairlead/contract/wire'
import { StateBadge, toneOf } from '../../ui/state-badge.tsx'
import { brokenChains } from '../pulls/chain-words.ts'
import classes from './node-state.module.css'

export function NodeStateText({ node }: { node: Node }) {
  const [broken] = brokenChains([node])
  const waiting = node.state === 'online' ? (node.facts?.waiting_pods?.length ?? 0) : 0
  return (
    <span className={classes.states}>
      <StateBadge state={node.state === 'online' && node.facts === null ? 'joined' : node.state} />
      {node.checker && <span className="quiet">checker</span>}
      {node.second_join !== null && node.state !== 'revoked' && <StateBadge state="second join" tone="warn" />}
      {waiting > 0 && <StateBadge state={waiting === 1 ? '1 pod waits' : `${waiting} pods wait`} tone="bad" />}
      {broken !== undefined && <StateBadge state={`records: ${broken.chain}`} tone={toneOf(broken.chain)} />}
    </span>
  )
}
