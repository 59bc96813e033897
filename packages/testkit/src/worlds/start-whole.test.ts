/** What a world owns ends with it, and at once if the world fails to start. */
import { expect, test } from 'vitest'
import { onLoopback, type Ground } from './ground.ts'
import { startLab } from './lab.ts'
import type { SecretManager } from './secret-managers.ts'
import { startWhole } from './start-whole.ts'

const ended: string[] = []
const part = (name: string): AsyncDisposable => ({
  [Symbol.asyncDispose]: () => Promise.resolve(void ended.push(name)),
})
const endedSince = () => ended.splice(0)

test('parts end with the whole, in reverse order', async () => {
  const whole = await startWhole((parts) => {
    for (const name of ['first', 'second']) parts.use(part(name))
    return Promise.resolve({ is: 'whole' })
  })
  expect(whole.is).toBe('whole')
  expect(endedSince()).toEqual([])
  await whole[Symbol.asyncDispose]()
  expect(endedSince()).toEqual(['second', 'first'])
})

test('if a part does not start, ends those before it and throws its failure', async () => {
  const broken = startWhole((parts) => {
    parts.use(part('first'))
    return Promise.reject(new Error('no second part'))
  })
  await expect(broken).rejects.toThrow('no second part')
  expect(endedSince()).toEqual(['first'])
})

test('a lab without its secret manager ends its registry, even one that starts later', async () => {
  const { promise: later, resolve: start } = Promise.withResolvers<void>()
  const registry = async ({ use }: Ground) => {
    await later
    use(part('registry'))
    return { host: 'registry.example.com' }
  }
  const secrets = (): Promise<SecretManager> => {
    setImmediate(start)
    return Promise.reject(new Error('no secret manager'))
  }
  await expect(startLab({ on: onLoopback, registry, secrets })).rejects.toThrow('no secret manager')
  expect(endedSince()).toEqual(['registry'])
})
