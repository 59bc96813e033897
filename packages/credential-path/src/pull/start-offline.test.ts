/** An unavailable registry stops no image that this node proved. */
import { problem } from '@fairlead/contract/problems'
import { beforeEach, describe, expect, test } from 'vitest'
import { order, ScriptedPull } from '../testing/scripted-pull.ts'

let scripted: ScriptedPull
beforeEach(async () => {
  scripted = await ScriptedPull.open()
})

describe('an unavailable registry (S11)', () => {
  const unreachable = problem('REGISTRY_UNREACHABLE', { registry: 'registry.example.com' })
  const away = () => {
    throw unreachable
  }
  const pinned = () => ({ ...order, digest: scripted.ticket.digest })

  test('does not stop an image that the same secret version proved', async () => {
    await scripted.pull(pinned())
    scripted.answer = away
    const { imageId, record } = await scripted.pull(pinned())
    expect([imageId, record.decision, record.code]).toEqual([scripted.ticket.config.digest, 'offline_proved', null])
    expect(scripted.stepWords().slice(-2)).toEqual(['resolve failed', 'pull skipped'])
  })

  test('does not stop it either where only the image’s config cannot be had', async () => {
    await scripted.pull(pinned())
    const imageConfig = Promise.reject(unreachable)
    imageConfig.catch(() => 'thrown where it is awaited')
    scripted.answer = () => ({ ...scripted.ticket, imageConfig })
    const { imageId, record } = await scripted.pull(pinned())
    expect([imageId, record.decision, record.code]).toEqual([scripted.ticket.config.digest, 'offline_proved', null])
    expect(scripted.stepWords().slice(-2)).toEqual(['resolve failed', 'pull skipped'])
  })

  test('does not wait for the config of an image that is gone: the engine is asked meanwhile, as for any other', async () => {
    await scripted.pull(pinned())
    scripted.engine.images.clear()
    scripted.engine.layers.clear()
    const { ticket } = scripted
    const asked = Promise.withResolvers<void>()
    const imageConfig = asked.promise.then(() => ticket.imageConfig)
    scripted.answer = () => ({ ...ticket, imageConfig })
    const pulled = scripted.pull(pinned())
    await expect.poll(() => scripted.engine.requests.filter((path) => path.includes('/manifests/')).length).toBe(2)
    asked.resolve()
    expect((await pulled).record).toMatchObject({ decision: 'authenticated', code: null })
  })

  const inTheWay: readonly (readonly [string, () => void, unknown])[] = [
    ['the secret has another version', () => void (scripted.version = 'v2'), {}],
    ["the node's file forbids it", () => undefined, { offline_start: 'forbid' }],
    ['the image is gone', () => scripted.engine.images.clear(), {}],
  ]
  test.for(inTheWay)('stops it when %s', async ([, change, policy]) => {
    await scripted.pull(pinned())
    scripted.answer = away
    change()
    await expect(scripted.pull(pinned(), policy)).rejects.toBe(unreachable)
  })

  test('stops an image requested by tag: only the registry knows what the tag means now', async () => {
    await scripted.pull()
    scripted.answer = away
    await expect(scripted.pull()).rejects.toBe(unreachable)
  })

  test('that refuses does not count as unavailable', async () => {
    await scripted.pull(pinned())
    const denied = problem('REGISTRY_ACCESS_DENIED', { registry: 'registry.example.com', repository: 'team/app' })
    scripted.answer = () => {
      throw denied
    }
    await expect(scripted.pull(pinned())).rejects.toBe(denied)
  })
})
