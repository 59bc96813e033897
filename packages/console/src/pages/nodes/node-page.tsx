/** One node: its facts, what vouched for it, its current work and its pulls. */
import type { Node } from '@fairlead/contract/wire'
import { Skeleton } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { Note } from '../../ui/note.tsx'
import { CloudLink } from '../../resources/resource-link.tsx'
import { nodeQuery } from '../../queries/resource-queries.ts'
import { useSession } from '../../session/session.tsx'
import { Details } from '../../ui/details.tsx'
import { Page, Section } from '../../ui/page.tsx'
import { ProblemCard } from '../../ui/problem-card.tsx'
import { TimeText } from '../../ui/time-text.tsx'
import { formatBytes } from '../../ui/units.ts'
import { ChainNotes } from '../pulls/chain-notes.tsx'
import { brokenChains } from '../pulls/chain-words.ts'
import { CurrentWork } from './current-work.tsx'
import { HeardText } from './heard-text.tsx'
import { NewestPulls } from './newest-pulls.tsx'
import { NodeStateText } from './node-state.tsx'
import { dockerText } from './node-words.ts'
import { RevokeNode } from './revoke-node.tsx'
import { WaitingPods } from './waiting-pods.tsx'

const route = getRouteApi('/nodes/$id')
const nodesPath = [{ text: 'Machines' }, { text: 'Nodes', link: { to: '/nodes' } }] as const

export function NodePage() {
  const { id } = route.useParams()
  const { client, may } = useSession()
  const { data: node, error } = useQuery(nodeQuery(client, id))
  return (
    <Page
      title={node?.name ?? (error === null ? '…' : id)}
      path={nodesPath}
      tab={node === undefined ? 'Node' : `${node.name} ${node.state}`}
      state={node && <NodeStateText node={node} />}
      actions={node && node.state !== 'revoked' && may('admin') && <RevokeNode node={node} />}
    >
      {error !== null && <ProblemCard error={error} />}
      {node === undefined && error === null && <Skeleton height="18rem" />}
      {node !== undefined && <NodeParts node={node} />}
    </Page>
  )
}

function NodeParts({ node }: { node: Node }) {
  // What it said before it was lost or revoked says nothing about now.
  const waiting = node.state === 'online' ? node.facts?.waiting_pods : undefined
  return (
    <>
      {node.state === 'revoked' && (
        <Note tone="plain">
          This node was revoked: its key is no longer accepted. The machine can join again, as a new node.
        </Note>
      )}
      {node.second_join !== null && <SecondJoin node={node} second={node.second_join} />}
      <ChainNotes notes={brokenChains([node])} />
      {waiting !== undefined && <WaitingPods pods={waiting} node={node} />}
      <Section title="Current work">
        <CurrentWork node={node} />
      </Section>
      <Section title="Machine">
        <MachineFacts node={node} />
      </Section>
      <Section title="Identity">
        <Identity node={node} />
      </Section>
      <NewestPulls node={node} />
    </>
  )
}

/** One machine is one node (S19): two programs claim to be this one. */
function SecondJoin({ node, second }: { node: Node; second: NonNullable<Node['second_join']> }) {
  return (
    <Note tone="warn">
      The same machine asked to join again as <strong>{second.name}</strong>, <TimeText at={second.at} />, while this
      node was online. It was refused: one machine is one node. If you did not do this, somebody else runs programs on
      it as {node.identity?.principal ?? 'this machine'}.
    </Note>
  )
}

function MachineFacts({ node }: { node: Node }) {
  const { facts } = node
  return (
    <Details
      rows={[
        ['Cloud', <CloudLink id={node.cloud_id} />],
        ['Last heard', <HeardText node={node} />],
        ['Agent', facts && facts.agent_version],
        ['Docker', facts && dockerText(facts)],
        ['Platform', facts && facts.platform],
        ['Prefetched', facts?.prefetched && prefetchedText(facts.prefetched.length)],
        ['CPUs', facts && <span className="numbers">{facts.cpus}</span>],
        ['Memory', facts && <span className="numbers">{formatBytes(facts.memory_bytes)}</span>],
        [
          'Free disk',
          facts && facts.disk_free_bytes !== null && (
            <span className="numbers">{formatBytes(facts.disk_free_bytes)}</span>
          ),
        ],
        ['Address', facts && <span className="mono">{facts.advertise_address}</span>],
        ['ID', <span className="mono">{node.id}</span>],
      ]}
    />
  )
}

const prefetchedText = (images: number): string => (images === 1 ? '1 image' : `${images} images`)

function Identity({ node }: { node: Node }) {
  const joined = <TimeText at={node.joined_at} />
  if (node.identity === null) {
    return (
      <Details
        rows={[
          ['Joined', joined],
          ['Joined with', 'a join token, used once. No cloud vouches for this machine.'],
        ]}
      />
    )
  }
  return (
    <Details
      rows={[
        ['Joined', joined],
        ['Joined with', 'cloud identity: its cloud vouched for the machine'],
        ['Runs as', <span className="mono">{node.identity.principal}</span>],
        ['Instance', <span className="mono">{node.identity.instance}</span>],
      ]}
    />
  )
}
