/** Lines of Python that connect. Their token is fetched only when the user wants to see it, and dropped when the page is left. */
import type { Cluster } from '@fairlead/contract/wire'
import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useSession } from '../../session/session.tsx'
import { CopyBlock } from '../../ui/copy-block.tsx'
import { ProblemCard } from '../../ui/problem-card.tsx'
import { pythonLines } from './python-lines.ts'

const label = 'Lines of Python that connect'

export function ConnectFromPython({ cluster, address }: { cluster: Cluster; address: string }) {
  const { client } = useSession()
  const [isWanted, setIsWanted] = useState(false)
  const { data: connection, error } = useQuery({
    queryKey: ['clusters', 'connection', cluster.id, cluster.generation],
    queryFn: ({ signal }) => client.clusters.connection(cluster.id, { signal }),
    enabled: isWanted,
    gcTime: 0,
  })
  const asksForNone = cluster.nodes.some(({ warnings }) => warnings.includes('RAY_WITHOUT_TOKEN'))
  if (asksForNone) return <CopyBlock label={label} text={pythonLines({ ray_address: address, ray_token: null })} />
  if (connection !== undefined) return <CopyBlock label={label} text={pythonLines(connection)} />
  if (error !== null) return <ProblemCard error={error} />
  return (
    <Button variant="default" loading={isWanted} onClick={() => setIsWanted(true)}>
      Show the lines, with the token
    </Button>
  )
}
