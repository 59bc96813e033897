/** Terminates a cluster, or cancels its start, after a dialog that says what follows. */
import type { Cluster } from '@fairlead/contract/wire'
import { Button } from '@mantine/core'
import { useSession } from '../../session/session.tsx'
import { ConfirmedAct } from '../../ui/confirmed-act.tsx'
import { countOf } from './cluster-words.ts'

export function TerminateButton({ cluster, isStart }: { cluster: Cluster; isStart: boolean }) {
  const { client } = useSession()
  const { name, nodes } = cluster
  return (
    <ConfirmedAct
      renderButton={(ask) => (
        <Button variant="default" onClick={ask}>
          {isStart ? 'Cancel the start' : 'Terminate'}
        </Button>
      )}
      title={isStart ? `Cancel the start of ${name}?` : `Terminate ${name}?`}
      confirm={isStart ? 'Cancel the start' : `Terminate ${name}`}
      keep={isStart ? 'Let it start' : 'Keep it running'}
      act={() => client.clusters.terminate(cluster.id)}
      touched={['clusters']}
    >
      {isStart ? <AfterCancel nodes={nodes.length} /> : <AfterTerminate nodes={nodes.length} />}
    </ConfirmedAct>
  )
}

function AfterCancel({ nodes }: { nodes: number }) {
  if (nodes === 0) return 'It no longer waits for nodes. It can be started again at any time.'
  return `Its containers on ${countOf(nodes, 'node')} are removed, and the nodes are free again. Pulled images stay there, so a later start is faster.`
}

function AfterTerminate({ nodes }: { nodes: number }) {
  return `Ray ends at once on ${countOf(nodes, 'node')}, with every job that runs there, and its containers are removed with what jobs wrote inside them. The images stay on the nodes, and the cluster can be started again.`
}
