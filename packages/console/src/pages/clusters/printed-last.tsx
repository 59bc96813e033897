/** What a node's container printed before it failed, if the node shares it; else where it can be read. */
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
        <p>Its last output:</p>
        <CopyBlock label={`Last output of ${node_name}`} text={lines.join('\n')} />
      </div>
    )
  }
  const hadContainer = steps.some(({ step, status }) => (step === 'start' || step === 'ray') && status === 'failed')
  if (!hadContainer) return null
  return (
    <p className={classes.hint}>
      The output of its container stays on the node: read it there with <Code>fairlead agent logs</Code>.
      {may('developer') && ' The node’s owner can share it here with share_logs in the policy file.'}
    </p>
  )
}
