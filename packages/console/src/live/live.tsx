/** Keeps pages up to date: a stream of changes, read with the token in a header and shared by the tabs with that token, says what to refetch. */
import { useQueryClient, type QueryClient } from '@tanstack/react-query'
import type { Change } from '@fairlead/sdk'
import { useEffect, useState } from 'react'
import { tokenRefusalIn } from '../session/client.ts'
import { useSession } from '../session/session.tsx'
import { keysOf } from './keys-of.ts'
import { followShared } from './shared-stream.ts'

export type Liveness = 'connecting' | 'live' | 'lost'

/** Changes come in bursts; a list is fetched once per burst. */
const gatherMs = 150
/** The control plane sends something every 15 s: two of these are missing, plus a little slack. */
const silenceMs = 35_000
/** The tab that reads the stream says something within that silence plus its longest pause between attempts. */
const patienceMs = 45_000

export function useLive(): Liveness {
  const { client, me, signOut } = useSession()
  const queries = useQueryClient()
  const [liveness, setLiveness] = useState<Liveness>('connecting')

  useEffect(() => {
    const leaving = new AbortController()
    const gather = new Gather(queries)
    let wasOpen = false
    const followed = followShared({
      name: `fairlead.changes.${me.id}`,
      open: (options) => client.events({ ...options, silenceMs }),
      onOpen: () => {
        setLiveness('live')
        // What changed while nothing was listening.
        void (wasOpen ? queries.invalidateQueries() : refetchBehind(queries))
        wasOpen = true
      },
      onCut: () => setLiveness('lost'),
      onChange: (change) => gather.add(change),
      patienceMs,
      signal: leaving.signal,
    })
    followed.catch((error: unknown) => {
      if (leaving.signal.aborted) return
      setLiveness('lost')
      const refusal = tokenRefusalIn(error)
      if (refusal !== null) signOut(refusal)
    })
    return () => {
      leaving.abort()
      gather.end()
    }
  }, [client, me.id, queries, signOut])
  return liveness
}

/** Refetches everything. What is still on its way for the first time is shown when it arrives, and then fetched again. */
async function refetchBehind(queries: QueryClient): Promise<void> {
  const onTheirWay = new Set(queries.getQueryCache().findAll({ fetchStatus: 'fetching' }))
  await queries.invalidateQueries({}, { cancelRefetch: false })
  await queries.invalidateQueries({ predicate: (query) => onTheirWay.has(query) })
}

class Gather {
  readonly #queries: QueryClient
  #changes: Change[] = []
  #timer: ReturnType<typeof setTimeout> | null = null

  constructor(queries: QueryClient) {
    this.#queries = queries
  }

  add(change: Change): void {
    this.#changes.push(change)
    this.#timer ??= setTimeout(() => this.#tell(), gatherMs)
  }

  end(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
  }

  #tell(): void {
    const changes = this.#changes
    this.#changes = []
    this.#timer = null
    for (const queryKey of keysOf(changes)) void this.#queries.invalidateQueries({ queryKey })
  }
}
