/** What a cloud's admin allows its nodes to do: the minimal policy for the secrets of one environment. */
import type { Cloud } from '@fairlead/contract/wire'
import { NativeSelect, Skeleton, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { PolicyDocuments } from '../../environment-form/policy-documents.tsx'
import { useSession } from '../../session/session.tsx'
import { Section } from '../../ui/page.tsx'
import { ProblemCard } from '../../ui/problem-card.tsx'
import classes from './cloud-policy.module.css'

const mostEnvironments = 500

export function CloudPolicy({ cloud }: { cloud: Cloud }) {
  const { client } = useSession()
  const [chosen, setChosen] = useState('')
  const { data } = useQuery({
    queryKey: ['cluster-environments', 'of-cloud', cloud.id],
    queryFn: ({ signal }) => client.clusterEnvironments.list({ cloud_id: cloud.id }, { signal }).take(mostEnvironments),
  })
  const withSecret = (data?.results ?? []).filter(({ latest_build }) => latest_build.registry_login_secret !== null)
  const [first] = withSecret
  const name = withSecret.some((one) => one.name === chosen) ? chosen : (first?.name ?? '')
  return (
    <Section title="Policy for the nodes">
      {data === undefined && <Skeleton height="3rem" />}
      {data !== undefined && withSecret.length === 0 && (
        <Text size="sm" className="quiet">
          No environment of this cloud names a secret yet. When one does, the policy that lets the nodes read it appears
          here, ready to paste.
        </Text>
      )}
      {withSecret.length > 0 && (
        <>
          <Text size="sm">
            The minimal policy: it lets the nodes read the secrets that this environment names, and nothing else.
          </Text>
          <NativeSelect
            className={classes.choice}
            label="Cluster environment"
            value={name}
            onChange={(event) => setChosen(event.currentTarget.value)}
          >
            {withSecret.map((one) => (
              <option key={one.id}>{one.name}</option>
            ))}
          </NativeSelect>
          <PolicyOf cloud={cloud} environment={name} />
        </>
      )}
    </Section>
  )
}

function PolicyOf({ cloud, environment }: { cloud: Cloud; environment: string }) {
  const { client } = useSession()
  const [customerKeys, setCustomerKeys] = useState(false)
  const { data, error } = useQuery({
    queryKey: ['clouds', 'policy', cloud.id, environment, customerKeys],
    queryFn: ({ signal }) =>
      client.clouds.policy(cloud.id, { cluster_environment: environment, customer_keys: customerKeys }, { signal }),
    placeholderData: (before) => before,
  })
  if (error !== null) return <ProblemCard error={error} />
  if (data === undefined) return <Skeleton height="12rem" />
  return <PolicyDocuments policy={data} customerKeys={customerKeys} onCustomerKeys={setCustomerKeys} />
}
