/** The policy that lets the nodes read an environment's secret, as written by the control plane. */
import { isProblem } from '@fairlead/contract/problems'
import { type ClusterEnvironment } from '@fairlead/contract/wire'
import { Skeleton } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { PolicyDocuments } from '../../environment-form/policy-documents.tsx'
import { useSession } from '../../session/session.tsx'
import { Section } from '../../ui/page.tsx'
import { ProblemCard } from '../../ui/problem-card.tsx'

export function EnvironmentPolicy({ environment }: { environment: ClusterEnvironment }) {
  const { client } = useSession()
  const [customerKeys, setCustomerKeys] = useState(false)
  const { data, error } = useQuery({
    queryKey: ['cluster-environments', 'policy', environment.id, customerKeys],
    queryFn: ({ signal }) => {
      const query = { cluster_environment: environment.name, customer_keys: customerKeys }
      return client.clouds.policy(environment.cloud_id, query, { signal })
    },
    placeholderData: (before) => before,
  })
  if (isProblem(error, 'POLICY_NOT_NEEDED')) return null
  return (
    <Section title="Policy for the nodes">
      {error !== null && <ProblemCard error={error} />}
      {data === undefined && error === null && <Skeleton height="12rem" />}
      {data !== undefined && (
        <PolicyDocuments policy={data} customerKeys={customerKeys} onCustomerKeys={setCustomerKeys} />
      )}
    </Section>
  )
}
