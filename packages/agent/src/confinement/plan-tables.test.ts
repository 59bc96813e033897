import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { bridgesIn, isInForce, planTable } from './plan-tables.ts'
import { confinementRules, type ChainPlan } from './rules.ts'

const [host, bridge] = confinementRules('aws', 'v4', 'fairlead', ['docker0']) as [ChainPlan, ChainPlan]
const none: ChainPlan = { ...host, rules: [] }
const listed = ({ from, rules }: ChainPlan, before: readonly string[] = []) => [
  `-P ${from} ACCEPT`,
  '-N FAIRLEAD',
  ...before,
  `-A ${from} -j FAIRLEAD`,
  ...rules.map((rule) => `-A FAIRLEAD ${rule.join(' ')}`),
]

describe('the input for a table', () => {
  test('is one transaction: our chain rebuilt, and one jump to it before everything else', () => {
    expect(planTable(host, ['-P OUTPUT ACCEPT', '-A OUTPUT -j ufw'])).toBe(
      [
        '*filter',
        ':FAIRLEAD - [0:0]',
        ...host.rules.map((rule) => `-A FAIRLEAD ${rule.join(' ')}`),
        '-I OUTPUT 1 -j FAIRLEAD',
        'COMMIT',
        '',
      ].join('\n'),
    )
  })

  test('replaces earlier jumps, however many, and does not name rules of others', () => {
    const have = [
      ...listed(host),
      '-A OUTPUT -j FAIRLEAD',
      '-A OUTPUT -d 10.0.0.0/8 -j FAIRLEAD',
      '-A OUTPUT -j DOCKER',
    ]
    const text = planTable(host, have) ?? ''
    expect(text.match(/^-D OUTPUT -j FAIRLEAD$/gm)).toHaveLength(2)
    expect(text.match(/^-I OUTPUT 1 -j FAIRLEAD$/gm)).toHaveLength(1)
    expect(text).not.toMatch(/DOCKER|10\.0\.0\.0/)
  })

  test('removes jumps, rules and the chain, and is empty if there is nothing to remove', () => {
    expect(planTable(none, listed(host))).toBe(
      '*filter\n:FAIRLEAD - [0:0]\n-D OUTPUT -j FAIRLEAD\n-X FAIRLEAD\nCOMMIT\n',
    )
    expect(planTable(none, ['-P OUTPUT ACCEPT', '-A OUTPUT -j DOCKER'])).toBeNull()
  })
})

describe('S14: rules are in force', () => {
  test('if chain, rules and jump are there', () => {
    expect(isInForce(host, listed(host))).toBe(true)
    expect(isInForce(bridge, listed(bridge))).toBe(true)
  })

  test('not without the jump, with a flushed chain, or with an extra rule', () => {
    for (const plan of [host, bridge]) {
      expect(
        isInForce(
          plan,
          listed(plan).filter((line) => !line.endsWith('-j FAIRLEAD')),
        ),
      ).toBe(false)
      expect(
        isInForce(
          plan,
          listed(plan).filter((line) => !line.startsWith('-A FAIRLEAD')),
        ),
      ).toBe(false)
      expect(isInForce(plan, [...listed(plan), '-A FAIRLEAD -j ACCEPT'])).toBe(false)
      expect(isInForce(plan, [])).toBe(false)
    }
  })

  test.each([
    ['-A PREROUTING -i docker0 -j ACCEPT', false],
    ['-A PREROUTING -j OTHERS', false],
    ['-A PREROUTING -j RETURN', false],
    ['-A PREROUTING -g DROP', false],
    ['-A PREROUTING -d 172.17.0.2/32 ! -i docker0 -j DROP', true],
    ['-A PREROUTING -p udp -j CT --notrack', true],
  ])('for a bridge: before the jump %s', (before, inForce) => {
    expect(isInForce(bridge, listed(bridge, [before]))).toBe(inForce)
  })

  test('if none is wanted and none is there', () => {
    expect(isInForce(none, ['-P OUTPUT ACCEPT'])).toBe(true)
  })
})

test('finds the bridges of other agents of this machine in our chain', () => {
  expect(
    bridgesIn([...listed(bridge), '-A FAIRLEAD -d 10.0.0.0/8 -i br-1f -j DROP', '-A OTHER -i eth0 -j DROP']),
  ).toEqual(['docker0', 'br-1f'])
})

test('S9: no listing crashes the planner or makes a plan that names anything but ours', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.string(), fc.constantFrom(...listed(host)))), (have) => {
      const lines = (planTable(host, have) ?? '').split('\n')
      for (const line of lines) expect(line).toMatch(/FAIRLEAD|^\*filter$|^COMMIT$|^$/)
      isInForce(host, have)
      for (const name of bridgesIn(have)) expect(name).toMatch(/^\S{1,15}$/)
    }),
  )
})
