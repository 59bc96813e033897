/** Runs `iptables` and `ip6tables`: reads a table, changes it in one step, checks for one rule. Uses whichever of their two variants works here. */
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { commandOf, isInForce, planTable, type Listing } from './plan-tables.ts'
import type { ChainPlan, Family } from './rules.ts'

const run = promisify(execFile)

/** A separate error: the program's own message is for the agent's log. */
export class FirewallError extends Error {}

const programs = { v4: 'iptables', v6: 'ip6tables' } as const
/** First the variant that the machine's owner chose, then either one. */
const kinds = ['', '-nft', '-legacy'] as const
type Kind = (typeof kinds)[number]

/** On a machine without IPv6 there is nothing to close. */
export function familiesHere(addressesOfV6 = '/proc/net/if_inet6'): readonly Family[] {
  return existsSync(addressesOfV6) ? ['v4', 'v6'] : ['v4']
}

/** Applies the plan to the tables. */
export async function putRules(family: Family, plan: readonly ChainPlan[]): Promise<void> {
  const kind = await workingKind(family)
  for (const chain of plan) {
    const text = planTable(chain, await list(family, kind, chain.table))
    if (text !== null) await command(`${programs[family]}${kind}-restore`, ['-w', '--noflush'], text)
  }
}

/** Removes everything of ours from both variants: the previous agent may have used the other one. */
export async function takeRulesAway(family: Family, plan: readonly ChainPlan[]): Promise<void> {
  for (const kind of kinds) {
    for (const chain of plan) {
      if (kind === '-legacy' && !(await hasLegacyTable(family, chain.table))) continue
      // A variant that is not installed can hold nothing.
      const have = await list(family, kind, chain.table).catch(() => [])
      const text = planTable(chain, have)
      if (text !== null) await command(`${programs[family]}${kind}-restore`, ['-w', '--noflush'], text)
    }
  }
}

/** Listing a table of this variant would create it. */
async function hasLegacyTable(family: Family, table: string): Promise<boolean> {
  const names = family === 'v4' ? '/proc/net/ip_tables_names' : '/proc/net/ip6_tables_names'
  return (await readFile(names, 'utf8').catch(() => '')).split('\n').includes(table)
}

export async function rulesAreInForce(family: Family, plan: readonly ChainPlan[]): Promise<boolean> {
  const kind = await workingKind(family)
  for (const chain of plan) {
    if (!isInForce(chain, await list(family, kind, chain.table))) return false
    for (const rule of chain.rules) {
      if (!(await isThere(family, kind, commandOf(chain.table, rule)))) return false
    }
  }
  return true
}

export async function listTable(family: Family, table: ChainPlan['table']): Promise<Listing> {
  return list(family, await workingKind(family), table)
}

async function workingKind(family: Family): Promise<Kind> {
  let first: unknown
  for (const kind of kinds) {
    try {
      await list(family, kind, 'filter')
      return kind
    } catch (error) {
      first ??= error
    }
  }
  throw first
}

async function list(family: Family, kind: Kind, table: string): Promise<Listing> {
  const said = await command(`${programs[family]}${kind}`, ['-w', '-t', table, '-S'])
  return said.split('\n').filter((line) => line !== '')
}

async function isThere(family: Family, kind: Kind, check: readonly string[]): Promise<boolean> {
  try {
    await command(`${programs[family]}${kind}`, ['-w', ...check])
    return true
  } catch (error) {
    if (error instanceof FirewallError) return false
    throw error
  }
}

/** Listings can be long if other software keeps thousands of rules. */
const limits = { timeout: 20_000, maxBuffer: 64 * 1024 ** 2 }

async function command(program: string, args: readonly string[], input = ''): Promise<string> {
  const running = run(program, args, { ...limits, env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' } })
  // A missing program takes no input either.
  running.child.stdin?.on('error', () => undefined)
  running.child.stdin?.end(input)
  try {
    return (await running).stdout
  } catch (error) {
    const { stderr } = error as { stderr?: string }
    throw new FirewallError(stderr?.trim() || `${program} cannot be run`, { cause: error })
  }
}
