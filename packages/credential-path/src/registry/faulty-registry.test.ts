/** A registry that is slow, cut off or busy is asked again, within limits. */
import { parseImageReference } from '@fairlead/contract/names'
import { problem } from '@fairlead/contract/problems'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { digestOf } from './image/manifest.ts'
import { amd64, bytesOf, codeOf, impatient, RegistryTalk } from '../testing/registry-talk.ts'
import { sampleImage, ScriptedRegistry } from '../testing/scripted-registry.ts'

let talk: RegistryTalk
beforeEach(async () => {
  talk = await RegistryTalk.start()
})
afterEach(() => talk[Symbol.asyncDispose]())

describe('R4: a faulty registry', () => {
  test('is retried after Retry-After, and the pull continues', async () => {
    talk.registry.push('v1', sampleImage())
    let refusals = 1
    talk.registry.intercept = ({ url = '' }, response) => {
      if (!url.includes('manifests') || refusals-- <= 0) return false
      response.writeHead(429, { 'retry-after': '1' }).end()
      return true
    }
    const started = performance.now()
    expect(await codeOf(talk.admit())).toBe('admitted')
    expect(performance.now() - started).toBeGreaterThan(990)
  })

  test('is reconnected to after one cut connection', async () => {
    talk.registry.push('v1', sampleImage())
    let cuts = 1
    talk.registry.intercept = ({ url = '', socket }) => {
      if (!url.includes('manifests') || cuts-- <= 0) return false
      socket.destroy()
      return true
    }
    expect(await codeOf(talk.admit())).toBe('admitted')
  })

  test('that stays silent is given up, with its own code', async () => {
    await talk.open({}, impatient)
    talk.registry.intercept = () => true
    expect(await codeOf(talk.admit())).toBe('REGISTRY_TIMEOUT')
  })

  test('that announces a blob without end (103) is given up, with its own code', async () => {
    await talk.open({}, impatient)
    talk.registry.push('v1', sampleImage())
    const ticket = await talk.admit()
    talk.registry.intercept = (_, response) => {
      const timer = setInterval(() => response.writeEarlyHints({ link: '</v2/>; rel=preconnect' }), 20)
      response.on('close', () => clearInterval(timer))
      return true
    }
    expect(await codeOf(bytesOf(ticket, 0))).toBe('REGISTRY_TIMEOUT')
  })

  test('that lets a request continue (100) which never asked has its own code', async () => {
    talk.registry.intercept = (_, response) => {
      response.writeContinue()
      return true
    }
    expect(await codeOf(talk.admit())).toBe('REGISTRY_PROTOCOL')
  })

  test('that stalls in a blob is given up, with its own code', async () => {
    await talk.open({}, impatient)
    talk.registry.push('v1', sampleImage())
    const ticket = await talk.admit()
    talk.registry.intercept = (_, response) => {
      response.writeHead(200, { 'content-length': 11 }).write('first')
      return true
    }
    expect(await codeOf(bytesOf(ticket, 0))).toBe('PULL_STALLED')
  })

  test('that lets a token expire between two blobs gets one renewal for all', async () => {
    talk.registry.push('v1', sampleImage())
    talk.serveTokens('one')
    const ticket = await talk.admit(talk.withLogin())
    talk.serveTokens('two')
    const before = talk.registry.seen.length
    await Promise.all([bytesOf(ticket, 0), bytesOf(ticket, 1)])
    const tokens = talk.registry.seen.slice(before).filter(({ url }) => url.startsWith('/token'))
    expect(tokens.length).toBeLessThanOrEqual(2)
    expect(talk.registry.authorizations().at(-1)).toBe('Bearer two')
  })

  test('that cuts a config is asked for the rest', async () => {
    const image = sampleImage({ more: 'x'.repeat(2000) })
    talk.registry.push('v1', image)
    const cut = digestOf(image.config)
    let cuts = 2
    talk.registry.intercept = ({ url = '' }, response) => {
      if (!url.endsWith(cut) || cuts-- <= 0) return false
      const { range } = talk.registry.seen.at(-1)!.headers
      const start = Number(/\d+/.exec(range ?? '0'))
      const headers = { 'content-length': image.config.length - start }
      const part = { ...headers, 'content-range': `bytes ${start}-${image.config.length - 1}/${image.config.length}` }
      response.writeHead(start === 0 ? 200 : 206, start === 0 ? headers : part)
      response.write(image.config.subarray(start, start + 500), () => setTimeout(() => response.destroy(), 20))
      return true
    }
    expect(await codeOf(talk.admit())).toBe('admitted')
    const ranges = talk.registry.seen.filter(({ url }) => url.endsWith(cut)).map(({ headers }) => headers.range)
    expect(ranges).toEqual([undefined, 'bytes=500-', 'bytes=1000-'])
  })

  test('that cuts a config again and again is given up', async () => {
    const image = sampleImage()
    talk.registry.push('v1', image)
    talk.registry.intercept = ({ url = '' }, response) => {
      if (!url.endsWith(digestOf(image.config))) return false
      response.writeHead(200, { 'content-length': image.config.length })
      response.write(image.config.subarray(0, 1), () => response.destroy())
      return true
    }
    expect(await codeOf(talk.admit())).toBe('REGISTRY_UNREACHABLE')
  })

  test('that is not listening is unreachable', async () => {
    talk.registry.push('v1', sampleImage())
    const image = parseImageReference(`${talk.registry.host}/team/app:v1`)
    await talk.registry[Symbol.asyncDispose]()
    const order = { image, login: null, digest: null, platform: amd64 }
    expect(await codeOf(talk.client.admit(order, { onStep: () => {} }, new AbortController().signal))).toBe(
      'REGISTRY_UNREACHABLE',
    )
    talk.registry = await ScriptedRegistry.start()
  })

  test('does not delay a caller that stops', async () => {
    talk.registry.intercept = () => true
    const controller = new AbortController()
    const work = codeOf(talk.admit({}, controller.signal))
    setTimeout(() => controller.abort(problem('TIMED_OUT', { seconds: 1 })), 30)
    expect(await work).toBe('TIMED_OUT')
  })
})
