/** Knowing the digests of a private image gives no access to what is kept of it (S11, S16). */
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { parseImageReference } from '@fairlead/contract/names'
import { problem } from '@fairlead/contract/problems'
import { expect, test } from 'vitest'
import { PullingEngine } from '../testing/pulling-engine.ts'
import { fakeTicket } from '../testing/fake-ticket.ts'
import { NodePolicy } from '../policy/node-policy.ts'
import { repositoryOf, type PullTicket } from '../registry/image/pull-ticket.ts'
import type { OwnOrder } from '../image-puller.ts'
import { Ledger } from '../record/ledger.ts'
import { openImagePuller } from '../pull/node-image-puller.ts'
import { SharedWork } from '../pull/shared-work.ts'
import { diskRoom } from './blob-room.ts'
import { BlobStore } from './blob-store.ts'

const layers = [randomBytes(200_000), randomBytes(1000)]
const orderOf = (image: string): OwnOrder => ({
  purpose: 'cluster',
  image,
  digest: null,
  secret: null,
  clusterId: null,
  buildId: null,
})

test.each([
  ['another registry', 'villain.example.com/team/app:1'],
  ['another repository of the same registry', 'registry.example.com/villain/app:1'],
])('S11: %s that names the manifest of a kept image but lacks its layers gets none of them', async (_, image) => {
  const folder = await mkdtemp(join(tmpdir(), 'fairlead-blobs-'))
  const engine = new PullingEngine()
  const honest = fakeTicket({ layers })
  const bare = fakeTicket({ layers }, () => {
    throw problem('IMAGE_INCOMPLETE', { registry: 'villain.example.com', repository: 'team/app' })
  })
  // Anyone who knows a manifest can present it; its config, which is often public, is present as well.
  const villains: PullTicket = { ...bare, where: repositoryOf(parseImageReference(image)) }
  {
    const patience = { stallMs: 100, retries: 1, pauseMs: 1 }
    await using blobs = new BlobStore([diskRoom(folder, 0)], { patience })
    const puller = openImagePuller({
      nodeId: null,
      provider: 'local',
      context: {},
      secrets: { read: () => Promise.reject(problem('SECRET_NOT_FOUND', { reference: 'none' })) },
      registry: {
        ask: null,
        rights: async () => ({ push: null, withoutLogin: false }),
        admit: async (asked) => (isDeepStrictEqual(repositoryOf(asked.image), honest.where) ? honest : villains),
      },
      engine,
      policy: NodePolicy.parse({}),
      ledger: await Ledger.open(null),
      blobs,
      loads: new SharedWork(),
      engineBackWithinMs: 20,
    })
    const watch = { signal: new AbortController().signal, onSteps: () => undefined }
    const real = engine.pull.bind(engine)
    engine.pull = async (reference, signal) => {
      await real(reference, signal).catch(() => undefined)
      engine.images.clear()
      engine.layers.clear()
      engine.names.clear()
      engine.isReachable = false
      throw problem('ENGINE_UNREACHABLE')
    }
    await expect(puller.pull(orderOf('registry.example.com/team/app:1'), watch)).rejects.toMatchObject({
      code: 'ENGINE_UNREACHABLE',
    })
    engine.isReachable = true
    engine.pull = real
    await expect(puller.pull(orderOf(image), watch)).rejects.toMatchObject({ code: 'IMAGE_INCOMPLETE' })
    expect(engine.images.size).toBe(0)
  }
  await rm(folder, { recursive: true })
})
