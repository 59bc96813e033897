/** What a node's container printed before it failed, where the node shares it; else where it can be read. */
import type { ClusterNode } from '@fairlead/contract/wire'
import { Code } from '@mantine/core'
import { useSession } from '../../session/session.tsx'
import { CopyBlock } from '../../ui/copy-block.tsx'
import classes from './printed-last.module.css'

export function PrintedLast({ node: { node_name, steps, last_lines: lines } }: { node: ClusterNode }) {
  const { may } = useSession()
  if (lines !== null && lines.length > 0) {
    return (
      <div className={classes.lines}>
        <p>It printed last:</p>
        <CopyBlock label={`What ${node_name} printed last`} text={lines.join('\n')} />
      </div>
    )
  }
  const hadContainer = steps.some(({ step, status }) => (step === 'start' || step === 'ray') && status === 'failed')
  if (!hadContainer) return null
  return (
    <p className={classes.hint}>
      What its container printed stays on the node: read it there with <Code>fairlead agent logs</Code>.
      {may('developer') && ' The owner of the node can share it here: share_logs in its policy file.'}
    </p>
  )
}
