/** Pods of a Kubernetes node whose image could not be pulled, and why its door refused it. */
import type { WaitingPod } from '@fairlead/contract/wire'
import { Section } from '../../ui/page.tsx'
import { ResourceTable, type Column } from '../../ui/resource-table.tsx'
import { TextLink } from '../../ui/text-link.tsx'
import { TimeText } from '../../ui/time-text.tsx'
import { podOwnerText } from '../pulls/pod-words.ts'

type Row = WaitingPod & { readonly id: string }

const columns: readonly Column<Row>[] = [
  { title: 'Pod', cell: ({ pod }) => <bdi>{`${pod.namespace}/${pod.name}`}</bdi> },
  { title: 'Of', cell: ({ pod }) => (pod.owner === null ? null : <bdi>{podOwnerText(pod)}</bdi>), wideOnly: true },
  { title: 'Image', cell: ({ image }) => <bdi className="mono">{image}</bdi> },
  { title: 'Waits since', cell: ({ since }) => <TimeText at={since} /> },
  {
    title: 'Why',
    cell: ({ code }) =>
      code === null ? (
        <span className="quiet">not told</span>
      ) : (
        <TextLink to="/problems/$code" params={{ code }}>
          {code}
        </TextLink>
      ),
  },
]

export function WaitingPods({ pods }: { pods: readonly WaitingPod[] }) {
  const items = pods.map((pod) => ({ ...pod, id: `${pod.pod.namespace}/${pod.pod.name}` }))
  return (
    <Section title="Pods that wait for an image">
      <ResourceTable
        label="Pods that wait for an image"
        listed={{ items, error: null, isPending: false, hasMore: false, isGrowing: false, showMore: () => undefined }}
        columns={columns}
        empty={null}
      />
    </Section>
  )
}
