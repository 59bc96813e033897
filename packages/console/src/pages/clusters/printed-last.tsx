/** What a node's container printed last, if the node shares it; else where it can be read, or who can share it. */
import type { ClusterNode } from '@fairlead/contract/wire'
import { Code } from '@mantine/core'
import { useSession } from '../../session/session.tsx'
import { CopyBlock } from '../../ui/copy-block.tsx'
import { TimeText } from '../../ui/time-text.tsx'
import classes from './printed-last.module.css'

export function PrintedLast({ node }: { node: ClusterNode }) {
  const { may } = useSession()
  const { node_name, steps, last_lines: lines, last_lines_at: at } = node
  if (lines !== null) {
    return (
      <div className={classes.lines}>
        <p>
          {lines.length === 0 ? 'Its container has printed nothing' : 'Its last output'}
          {at != null && (
            <>
              , <TimeText at={at} />
            </>
          )}
        </p>
        {lines.length > 0 && <CopyBlock isTail label={`Last output of ${node_name}`} text={lines.join('\n')} />}
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

/** Once for all nodes that run and share nothing. */
export function UnsharedOutput({ nodes }: { nodes: readonly ClusterNode[] }) {
  const { may } = useSession()
  const silent = nodes.filter(({ phase, last_lines_at: at }) => phase === 'running' && at == null).length
  if (silent === 0 || !may('developer')) return null
  return (
    <p className={classes.hint}>
      {nodes.length === 1
        ? 'Its node does not share what the container prints.'
        : `${silent} of ${nodes.length} nodes do not share what their containers print.`}{' '}
      The owner of a node can: <Code>share_logs: always</Code> in its policy file, then restart its agent.
    </p>
  )
}
