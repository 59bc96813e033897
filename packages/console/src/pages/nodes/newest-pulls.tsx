/** The newest pulls of a node, and a link to all of them. */
import type { Node, PullRecord } from '@fairlead/contract/wire'
import { useQuery } from '@tanstack/react-query'
import { useSession } from '../../session/session.tsx'
import { Section } from '../../ui/page.tsx'
import { ResourceTable, type Column } from '../../ui/resource-table.tsx'
import { TextLink } from '../../ui/text-link.tsx'
import { TimeText } from '../../ui/time-text.tsx'
import { megabytes, seconds } from '../../ui/units.ts'
import { DecisionText } from '../pulls/decision-text.tsx'
import { ImageText } from '../pulls/image-text.tsx'
import { pulledForText } from '../pulls/pod-words.ts'
import { purposeText } from '../pulls/pull-words.ts'
import { removedWords } from './node-words.ts'

const shown = 5

const columns: readonly Column<PullRecord>[] = [
  {
    title: 'Image',
    cell: (record) => (
      <TextLink to="/pulls/$id" params={{ id: record.id }}>
        <ImageText record={record} />
      </TextLink>
    ),
  },
  { title: 'Decision', cell: (record) => <DecisionText record={record} /> },
  { title: 'For', cell: (record) => pulledForText(record) ?? purposeText(record), wideOnly: true },
  {
    title: 'MB',
    isNumber: true,
    cell: ({ bytes }) => (bytes === 0 ? '–' : megabytes(bytes)),
    wideOnly: true,
  },
  { title: 'Seconds', isNumber: true, cell: ({ duration_ms }) => seconds(duration_ms), wideOnly: true },
  { title: 'When', cell: ({ started_at }) => <TimeText at={started_at} /> },
]

export function NewestPulls({ node }: { node: Node }) {
  const { client } = useSession()
  const { id: nodeId, pull_checkpoint: checkpoint } = node
  const { data, error, isPending } = useQuery({
    queryKey: ['pulls', 'newest', nodeId],
    queryFn: ({ signal }) => client.pulls.list({ node_id: nodeId }, { signal }).page({ count: shown }),
  })
  const listed = { items: data?.results ?? [], isPending, error }
  return (
    <Section
      title="Newest pulls"
      actions={
        listed.items.length > 0 && (
          <TextLink to="/pulls" search={{ node_id: nodeId }}>
            All pulls of this node
          </TextLink>
        )
      }
    >
      <ResourceTable
        label="Newest pulls"
        listed={listed}
        columns={columns}
        empty={<p className="quiet">No pulls or checks yet.</p>}
      />
      {checkpoint !== undefined && (
        <p className="quiet">
          {removedWords(checkpoint)} The newest of them came <TimeText at={checkpoint.received_until} />.
        </p>
      )}
    </Section>
  )
}
