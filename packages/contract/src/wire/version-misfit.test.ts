import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { versionMisfit } from './version-misfit.ts'

const codeOf = (agent: string | null, controlPlane: string | null) =>
  versionMisfit({ agent, controlPlane })?.code ?? null

describe('versionMisfit', () => {
  test.each([
    ['0.1.0', '0.2.0', 'AGENT_TOO_OLD'],
    ['0.9.0', '0.10.0', 'AGENT_TOO_OLD'],
    ['0.2.0', '0.1.9', 'AGENT_TOO_NEW'],
    ['1.0.0', '0.9.3', 'AGENT_TOO_NEW'],
    ['0.2.1', '0.2.0', 'AGENT_TOO_NEW'],
    ['0.2.0', '0.2.0', null],
    ['0.2.0-rc.1', '0.2.0', null],
    [null, '0.2.0', null],
    ['0.2.0', null, null],
    ['0.2', '0.3.0', null],
    ['new', '0.3.0', null],
  ])('an agent %s and a control plane %s: %s', (agent, controlPlane, code) => {
    expect(codeOf(agent, controlPlane)).toBe(code)
  })

  test('names both versions and what to do', () => {
    const misfit = versionMisfit({ agent: '0.3.0', controlPlane: '0.2.0' })
    expect(misfit?.what).toContain(
      'the agent is Fairlead 0.3.0, and its control plane, Fairlead 0.2.0, does not understand it yet',
    )
    expect(misfit?.fix).toContain('Upgrade the control plane to 0.3.0 first')
  })

  test('takes one side of two different versions, and never throws for any other text', () => {
    const part = fc.nat({ max: 99_999 })
    const version = fc.tuple(part, part, part).map((parts) => parts.join('.'))
    fc.assert(
      fc.property(version, version, (one, other) => {
        const found = new Set([codeOf(one, other), codeOf(other, one)])
        expect(found).toEqual(new Set(one === other ? [null] : ['AGENT_TOO_NEW', 'AGENT_TOO_OLD']))
      }),
    )
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect([null, 'AGENT_TOO_NEW', 'AGENT_TOO_OLD']).toContain(codeOf(text, '0.2.0'))
      }),
    )
  })
})
