/** Pods of a Kubernetes node whose image could not be pulled: for which images they wait, why its door refused them, and what to do. */
import { ownerKey, type Node, type WaitingPod } from '@fairlead/contract/wire'
import { printableInFull } from '@fairlead/contract/problems'
import { Note } from '../../ui/note.tsx'
import { Section } from '../../ui/page.tsx'
import { ProblemCard } from '../../ui/problem-card.tsx'
import { ResourceTable, type Column } from '../../ui/resource-table.tsx'
import { TextLink } from '../../ui/text-link.tsx'
import { TextWithCode } from '../../ui/text-with-code.tsx'
import { TimeText } from '../../ui/time-text.tsx'
import { ownerText, podText } from '../pulls/pod-words.ts'
import { imageWaits, type ImageWait } from './image-waits.ts'
import classes from './waiting-pods.module.css'

export function WaitingPods({ pods, node }: { pods: readonly WaitingPod[]; node: Node }) {
  return (
    <Section title="Pods that wait for an image">
      {pods.length === 0 && (
        <p className="quiet">None. A pod whose image its door refuses appears here, with the reason.</p>
      )}
      {imageWaits(pods, node).map((wait) => (
        <Wait key={wait.key} wait={wait} node={node} />
      ))}
    </Section>
  )
}

function Wait({ wait: { image, problem, pods }, node }: { wait: ImageWait; node: Node }) {
  const name = printableInFull(image)
  return (
    <article className={classes.wait}>
      <header>
        <h3>
          <bdi className="mono">{name}</bdi>
        </h3>
        {problem !== null && (
          <TextLink to="/pulls" search={{ node_id: node.id, code: problem.code }}>
            Pulls that ended with this
          </TextLink>
        )}
      </header>
      {problem === null ? <NotTold pods={pods} /> : <ProblemCard document={problem} />}
      <ResourceTable label={`Pods that wait for ${name}`} listed={whole(pods)} columns={columns} empty={null} />
    </article>
  )
}

/** A kubelet that waits for its next try may say no more than that. */
function NotTold({ pods: [first] }: { pods: readonly WaitingPod[] }) {
  if (first === undefined) return null
  const { namespace, name } = first.pod
  return (
    <Note tone="plain">
      <TextWithCode canCopy>
        {`Kubernetes passes on no reason at the moment. The events of the pod have it: \`kubectl describe pod ${name} --namespace ${namespace}\``}
      </TextWithCode>
    </Note>
  )
}

type Row = WaitingPod & { readonly id: string }

const columns: readonly Column<Row>[] = [
  { title: 'Pod', cell: ({ id }) => <bdi>{id}</bdi> },
  {
    title: 'Owner',
    cell: ({ pod: { namespace, owner } }) =>
      owner === null ? (
        <span className="quiet">none</span>
      ) : (
        <TextLink to="/pulls" search={{ pod_owner: ownerKey(namespace, owner) }}>
          {ownerText(owner)}
        </TextLink>
      ),
  },
  { title: 'Since', cell: ({ since }) => <TimeText at={since} /> },
]

function whole(pods: readonly WaitingPod[]) {
  const items = pods.map((waiting) => ({ ...waiting, id: podText(waiting.pod) }))
  return { items, error: null, isPending: false }
}
