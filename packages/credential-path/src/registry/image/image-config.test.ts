/** The config of an image, as a registry sends it. */
import { isProblem, problem } from '@fairlead/contract/problems'
import * as fc from 'fast-check'
import { describe, expect, test, vi } from 'vitest'
import { parseImageConfig, type ConfigFacts } from './image-config.ts'

const layer = `sha256:${'1'.repeat(64)}`
const config = { os: 'linux', architecture: 'amd64', rootfs: { type: 'layers', diff_ids: [layer] } }

const parse = (text: string) =>
  parseImageConfig(Buffer.from(text), 1, {
    unsupported: () => problem('IMAGE_UNSUPPORTED', { registry: 'r', repository: 'a' }),
    corrupt: () => problem('IMAGE_CORRUPT', { registry: 'r', repository: 'a' }),
  })

function outcomeOf(text: string): ConfigFacts | string {
  try {
    return parse(text)
  } catch (error) {
    return isProblem(error) ? error.code : String(error)
  }
}

const isWellFormed = ({ platform, diffIds }: ConfigFacts): boolean =>
  /^[a-z0-9]+$/.test(platform.os) && diffIds.every((id) => /^sha256:[0-9a-f]{64}$/.test(id))

describe('the config of an image', () => {
  test.each([
    ['of an ordinary image', config, null],
    ['with a variant', { ...config, variant: 'v8' }, 'v8'],
    ['with everything else that engines put there', { ...config, history: [{}], config: { Env: ['a=b'] } }, null],
  ])('%s names the machine and the unpacked layers', (_, document, variant) => {
    expect(parse(JSON.stringify(document))).toEqual({
      platform: { os: 'linux', arch: 'amd64', variant },
      diffIds: [layer],
    })
  })

  test.each([
    ['without a machine', { rootfs: config.rootfs }],
    ['with a machine that has no such name', { ...config, architecture: 'amd64\n' }],
    ['without layers', { ...config, rootfs: undefined }],
    ['with a layer in another hash', { ...config, rootfs: { diff_ids: ['sha512:00'] } }],
    ['that is a list', []],
  ])('%s is unsupported', (_, document) => {
    expect(() => parse(JSON.stringify(document))).toThrow(expect.objectContaining({ code: 'IMAGE_UNSUPPORTED' }))
  })

  test.each([
    ['more', [layer, layer]],
    ['fewer', []],
  ])('that names %s layers than the manifest is corrupt', (_, diff_ids) => {
    expect(() => parse(JSON.stringify({ ...config, rootfs: { diff_ids } }))).toThrow(
      expect.objectContaining({ code: 'IMAGE_CORRUPT' }),
    )
  })

  test.each([
    ['twice', `{"os":"linux","architecture":"amd64","rootfs":{"diff_ids":[]},"rootfs":{"diff_ids":["${layer}"]}}`],
    ['in capitals, too', `{"os":"linux","architecture":"amd64","rootfs":{"diff_ids":["${layer}"]},"ROOTFS":{}}`],
  ])('S16: that names its layers %s is unsupported', (_, text) => {
    expect(() => parse(text)).toThrow(expect.objectContaining({ code: 'IMAGE_UNSUPPORTED' }))
  })

  test('S9: with more layers than the manifest is corrupt without a look at any of them: there may be two million', () => {
    using looked = vi.spyOn(RegExp.prototype, 'test')
    const names = Array.from({ length: 1000 }, () => 'never looked at')
    expect(() => parse(JSON.stringify({ ...config, rootfs: { diff_ids: names } }))).toThrow(
      expect.objectContaining({ code: 'IMAGE_CORRUPT' }),
    )
    expect(looked.mock.calls.flat()).not.toContain('never looked at')
  })

  describe('S9: has settings that an engine repeats with each answer about a container', () => {
    const withSettings = (settings: string, key = 'config') =>
      `${JSON.stringify(config).slice(0, -1)},"${key}":${settings}}`
    const ofBytes = (size: number) => JSON.stringify({ Labels: { a: 'x'.repeat(size - '{"Labels":{"a":""}}'.length) } })
    const largest = 1024 * 1024

    test('of a mebibyte at most, beside a history of any size', () => {
      const history = JSON.stringify([{ created_by: 'x'.repeat(2 * largest) }])
      const text = withSettings(ofBytes(largest))
      for (const fine of [text, `${text.slice(0, -1)},"history":${history}}`])
        expect(outcomeOf(fine)).toMatchObject({ diffIds: [layer] })
    })

    test.each([
      ['one byte more', withSettings(ofBytes(largest + 1))],
      ['more, under a key that only an engine reads', withSettings(ofBytes(largest + 1), 'CONFIG')],
      ['more, in labels that an engine merges', withSettings(`${ofBytes(largest + 1).slice(0, -1)},"Labels":{}}`)],
      ['more, in labels of another case', withSettings(`${ofBytes(largest + 1).slice(0, -1)},"Labels":{}}`, 'Config')],
      ['more than that in bytes, not in characters', withSettings(`"${'\u2028'.repeat(largest / 2)}"`)],
      ['objects nested too deep to be measured', withSettings(`${'{"0":'.repeat(100_000)}1${'}'.repeat(100_000)}`)],
    ])('and is unsupported if it has %s', (_, text) => {
      expect(outcomeOf(text)).toBe('IMAGE_UNSUPPORTED')
    })
  })

  test('S9: is read or refused, whatever its bytes are, and no other error says what they were', () => {
    const shaped = fc.record(
      {
        os: fc.constantFrom<unknown>('linux', 'LINUX', 7),
        architecture: fc.oneof(fc.constant('amd64'), fc.jsonValue()),
        variant: fc.oneof(fc.constant('v8'), fc.jsonValue()),
        rootfs: fc.oneof(fc.constant(config.rootfs), fc.jsonValue()),
      },
      { requiredKeys: [] },
    )
    const text = fc.oneof(
      shaped.map((value) => JSON.stringify(value)),
      fc.json(),
      fc.string(),
    )
    fc.assert(
      fc.property(text, (document) => {
        expect(outcomeOf(document)).toSatisfy(
          (outcome) =>
            outcome === 'IMAGE_UNSUPPORTED' || outcome === 'IMAGE_CORRUPT' || isWellFormed(outcome as ConfigFacts),
        )
      }),
    )
  })
})
