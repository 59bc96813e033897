/** Asks before a cluster is terminated, and says what follows. */
import type { Cluster } from '@fairlead/contract/wire'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { actOf, countOf } from './cluster-words.ts'

export interface TerminateDialogProps {
  readonly cluster: Cluster
  readonly isOpen: boolean
  readonly isBusy: boolean
  readonly error: Error | null
  readonly onTerminate: () => void
  readonly onClose: () => void
}

export function TerminateDialog({ cluster, isOpen, isBusy, error, onTerminate, onClose }: TerminateDialogProps) {
  const { name, nodes } = cluster
  const isStart = actOf(cluster.state) === 'cancel'
  return (
    <ConfirmDialog
      title={isStart ? `Cancel the start of ${name}?` : `Terminate ${name}?`}
      confirm={isStart ? 'Cancel the start' : `Terminate ${name}`}
      keep={isStart ? 'Let it start' : 'Keep it running'}
      isOpen={isOpen}
      isBusy={isBusy}
      error={error}
      onConfirm={onTerminate}
      onClose={onClose}
    >
      {isStart ? <AfterCancel nodes={nodes.length} /> : <AfterTerminate nodes={nodes.length} />}
    </ConfirmDialog>
  )
}

function AfterCancel({ nodes }: { nodes: number }) {
  if (nodes === 0) return 'It no longer waits for nodes. It can be started again at any time.'
  return `Its containers on ${countOf(nodes, 'node')} are removed, and the nodes are free again. Pulled images stay there, so a later start is faster.`
}

function AfterTerminate({ nodes }: { nodes: number }) {
  return `Ray ends at once on ${countOf(nodes, 'node')}, with every job that runs there, and its containers are removed with what jobs wrote inside them. The images stay on the nodes, and the cluster can be started again.`
}
