/** Knowing the digests of a private image gives no access to what is kept of it (S11, S16). */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { parseImageReference } from '@fairlead/contract/names'
import { problem } from '@fairlead/contract/problems'
import { expect, test } from 'vitest'
import { fakeTicket } from '../testing/fake-ticket.ts'
import { layers, order, ScriptedPull } from '../testing/scripted-pull.ts'
import { repositoryOf } from '../registry/image/pull-ticket.ts'
import { openImagePuller } from '../pull/node-image-puller.ts'
import { diskRoom } from './blob-room.ts'
import { BlobStore } from './blob-store.ts'

test.each([
  ['another registry', 'villain.example.com/team/app:1'],
  ['another repository of the same registry', 'registry.example.com/villain/app:1'],
])('S11: %s that names the manifest of a kept image but lacks its layers gets none of them', async (_, image) => {
  const folder = await mkdtemp(join(tmpdir(), 'fairlead-blobs-'))
  const scripted = await ScriptedPull.open()
  const { engine } = scripted
  const honest = fakeTicket({ layers })
  const bare = fakeTicket({ layers }, () => {
    throw problem('IMAGE_INCOMPLETE', { registry: 'villain.example.com', repository: 'team/app' })
  })
  // Anyone who knows a manifest can present it; its config, which is often public, is present as well.
  const villains = { ...bare, where: repositoryOf(parseImageReference(image)) }
  {
    const patience = { stallMs: 100, retries: 1, pauseMs: 1 }
    await using blobs = new BlobStore([diskRoom(folder, 0)], { patience })
    scripted.answer = (asked) => (isDeepStrictEqual(repositoryOf(asked.image), honest.where) ? honest : villains)
    const puller = openImagePuller({ ...scripted.parts(), blobs, engineBackWithinMs: 20 })
    const pull = (name: string) => puller.pull({ ...order, image: name, secret: null }, scripted.watch())
    const real = engine.pull.bind(engine)
    engine.pull = async (reference, signal) => {
      await real(reference, signal).catch(() => undefined)
      engine.images.clear()
      engine.layers.clear()
      engine.names.clear()
      engine.isReachable = false
      throw problem('ENGINE_UNREACHABLE')
    }
    await expect(pull(order.image)).rejects.toMatchObject({ code: 'ENGINE_UNREACHABLE' })
    engine.isReachable = true
    engine.pull = real
    await expect(pull(image)).rejects.toMatchObject({ code: 'IMAGE_INCOMPLETE' })
    expect(engine.images.size).toBe(0)
  }
  await rm(folder, { recursive: true })
})
