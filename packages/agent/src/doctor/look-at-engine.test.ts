/** A doctor's view of the containers that run here. */
import { newId } from '@fairlead/contract/names'
import { expect, test } from 'vitest'
import { sampleContainer } from '@fairlead/credential-path/testing/sample-container'
import { InMemoryEngine } from '../testing/in-memory-engine.ts'
import { labels } from '../workload/start.ts'
import { lookAtEngine } from './look-at-engine.ts'

test('names running containers of clusters in which Ray asks for no token', async () => {
  const engine = new InMemoryEngine()
  const put = (name: string, state: 'running' | 'exited', own: Record<string, string>) =>
    engine.put({
      id: name,
      spec: sampleContainer({ name, labels: own }),
      state,
      exitStatus: null,
    })
  const cluster = { [labels.cluster]: newId('ses') }
  put('with', 'running', { ...cluster, [labels.token]: 'asked' })
  put('without', 'running', { ...cluster, [labels.token]: 'none' })
  put('from-before', 'running', cluster)
  put('ended', 'exited', cluster)
  put('somebody-else', 'running', {})
  const seen = await lookAtEngine(engine, new AbortController().signal)
  expect(seen.withoutToken).toEqual(['without', 'from-before'])
})
