/** One cloud: its facts, its nodes, how a machine joins, and which secrets may be named. */
import { isProblem } from '@fairlead/contract/problems'
import { type Cloud } from '@fairlead/contract/wire'
import { Group, Skeleton } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { cloudQuery } from '../../queries/resource-queries.ts'
import { useSession } from '../../session/session.tsx'
import { Details } from '../../ui/details.tsx'
import { LinkButton } from '../../ui/link-button.tsx'
import { Page, Section } from '../../ui/page.tsx'
import { ProblemCard } from '../../ui/problem-card.tsx'
import { TimeText } from '../../ui/time-text.tsx'
import { CloudPolicy } from './cloud-policy.tsx'
import { joinWords, podsText, providerWords, roleText } from './cloud-words.ts'
import { cloudsPath } from './clouds-path.ts'
import { DeleteCloud } from './delete-cloud.tsx'
import { GrantsSection } from './grants-section.tsx'
import { JoinSection } from './join-section.tsx'
import { NodeCount } from './node-count.tsx'
import { ResetRole } from './reset-role.tsx'

const route = getRouteApi('/clouds/$id')

export function CloudPage() {
  const { id } = route.useParams()
  const { client, may } = useSession()
  const { data: cloud, error } = useQuery(cloudQuery(client, id))
  const isGone = isProblem(error, 'CLOUD_NOT_FOUND')
  return (
    <Page
      title={cloud?.name ?? (isGone ? id : '…')}
      path={cloudsPath}
      actions={cloud !== undefined && may('admin') && <CloudActions cloud={cloud} />}
    >
      {error !== null && <ProblemCard error={error} />}
      {cloud === undefined && error === null && <Skeleton height="18rem" />}
      {cloud !== undefined && (
        <>
          <CloudFacts cloud={cloud} />
          <Section title="Nodes">
            <NodeCount cloudId={cloud.id} />
          </Section>
          <JoinSection cloud={cloud} />
          <GrantsSection cloud={cloud} />
          {cloud.provider !== 'local' && <CloudPolicy cloud={cloud} />}
        </>
      )}
    </Page>
  )
}

function CloudActions({ cloud }: { cloud: Cloud }) {
  return (
    <Group gap="xs">
      {cloud.provider === 'aws' && cloud.join === 'proof' && <ResetRole cloud={cloud} />}
      <LinkButton variant="default" to="/clouds/$id/edit" params={{ id: cloud.id }}>
        Edit
      </LinkButton>
      <DeleteCloud cloud={cloud} />
    </Group>
  )
}

function CloudFacts({ cloud }: { cloud: Cloud }) {
  const role = roleText(cloud)
  return (
    <Details
      rows={[
        ['Provider', providerWords[cloud.provider]],
        ['Account', cloud.account_id],
        ['Region', cloud.region],
        ['Partition', cloud.partition],
        ['Project', cloud.project_id],
        ['Project number', cloud.project_number],
        [
          cloud.provider === 'gcp' ? 'Service account of the nodes' : 'Role of the nodes',
          role && (
            <>
              <span className="mono">{role.name}</span>
              {role.isDefault && <span className="quiet"> by default</span>}
            </>
          ),
        ],
        ['Machines join', joinWords[cloud.join]],
        ['Pods that may join', podsText(cloud)],
        ['New images', cloud.prefetch ? 'prefetched by idle nodes' : 'pulled when a cluster starts'],
        ['Created', <TimeText at={cloud.created_at} />],
        ['ID', <span className="mono">{cloud.id}</span>],
      ]}
    />
  )
}
