import { describe, expect, test } from 'vitest'
import { confinementRules, noRules, type CloudProvider, type Family } from './rules.ts'

const textOf = (provider: CloudProvider, family: Family, bridges: readonly string[] = []) =>
  confinementRules(provider, family, 'fairlead', bridges).flatMap(({ table, rules }) =>
    rules.map((rule) => `${table} ${rule.join(' ')}`),
  )

const all = (['aws', 'gcp'] as const).flatMap((provider) =>
  (['v4', 'v6'] as const).map((family) => [provider, family] as const),
)

describe('S14: the rules', () => {
  test.each(all)(
    '%s %s: every rule of the host applies to the workloads’ cgroup only, and none is negated',
    (provider, family) => {
      const rules = textOf(provider, family)
      expect(rules.length).toBeGreaterThan(0)
      for (const rule of rules) {
        expect(rule).toContain(' -m cgroup --path fairlead ')
        expect(rule).not.toContain('!')
      }
    },
  )

  test.each(all)('%s %s: every rule of a bridge applies to that bridge only', (provider, family) => {
    const rules = textOf(provider, family, ['docker0']).filter((rule) => rule.startsWith('raw'))
    expect(rules.length).toBeGreaterThan(0)
    for (const rule of rules) expect(rule).toContain(' -i docker0 ')
  })

  test.each(all)('%s %s: accepts come before refusals, and are DNS or what a bridge needs', (provider, family) => {
    for (const { rules } of confinementRules(provider, family, 'fairlead', ['docker0'])) {
      const verdicts = rules.map((rule) => (rule.at(-1) === 'RETURN' ? 'through' : 'refused'))
      expect(verdicts).toEqual(verdicts.toSorted().toReversed())
      for (const rule of rules.filter((rule) => rule.at(-1) === 'RETURN')) {
        expect(rule.join(' ')).toMatch(/--dport 53 |--icmpv6-type 13[56] /)
      }
    }
  })

  test('refuse the metadata services of both clouds and both families, to the host’s network and to bridges', () => {
    const refused = {
      // fd00:ec2::23 has the credentials of EKS pods.
      aws: { v4: ['169.254.0.0/16'], v6: ['fe80::/10', 'fd00:ec2::254/128', 'fd00:ec2::23/128'] },
      gcp: { v4: ['169.254.0.0/16'], v6: ['fe80::/10', 'fd20:ce::254/128'] },
    }
    for (const [provider, family] of all) {
      const rules = textOf(provider, family, ['docker0', 'br-1'])
      const wanted = refused[provider][family].flatMap((range) => [
        `filter -d ${range} -p tcp -m cgroup --path fairlead -j REJECT --reject-with tcp-reset`,
        `filter -d ${range} -m cgroup --path fairlead -j REJECT`,
        `raw -d ${range} -i docker0 -j DROP`,
        `raw -d ${range} -i br-1 -j DROP`,
      ])
      expect(rules.filter((rule) => !rule.endsWith('RETURN')).toSorted()).toEqual(wanted.toSorted())
    }
  })

  test('without a bridge, put nothing in the table of bridges', () => {
    expect(confinementRules('aws', 'v4', 'fairlead', [])[1]?.rules).toEqual([])
    expect(noRules.every(({ rules }) => rules.length === 0)).toBe(true)
  })
})
