/** Builds the input of `iptables-restore` from the current tables: each table changes in one step, so that no packet meets a partial state. Pure. */
import { chainName, type ChainPlan, type Rule } from './rules.ts'

/** One rule or chain per line, as `iptables -S` prints a table. */
export type Listing = readonly string[]

/** Null: nothing to change. Other software's rules in the table stay. */
export function planTable({ table, from, rules }: ChainPlan, have: Listing): string | null {
  const wanted = rules.length > 0
  const chainIsThere = have.includes(`-N ${chainName}`)
  if (!wanted && !chainIsThere) return null
  const oldJumps = have.filter((line) => isJump(line, from)).map(() => `-D ${jump(from)}`)
  return [
    `*${table}`,
    // Naming the chain like this creates it if missing, and empties it otherwise.
    `:${chainName} - [0:0]`,
    ...oldJumps,
    ...(wanted ? [...rules.map((rule) => `-A ${chainName} ${rule.join(' ')}`), `-I ${from} 1 -j ${chainName}`] : []),
    ...(wanted ? [] : [`-X ${chainName}`]),
    'COMMIT',
    '',
  ].join('\n')
}

/** Each rule is checked separately; this verifies that our chain holds nothing else and that packets reach it. */
export function isInForce({ from, rules }: ChainPlan, have: Listing): boolean {
  const own = have.filter((line) => line.startsWith(`-A ${chainName} `))
  if (own.length !== rules.length) return false
  const inFrom = have.filter((line) => line.startsWith(`-A ${from} `))
  const at = inFrom.findIndex((line) => isJump(line, from))
  if (at === -1) return rules.length === 0
  return inFrom.slice(0, at).every((line) => from !== 'PREROUTING' || letsNothingThrough(line))
}

/** The bridges named in our rules: other agents on this machine may have other networks. */
export function bridgesIn(have: Listing): readonly string[] {
  const named = have.map((line) =>
    line.startsWith(`-A ${chainName} `) ? / -i ([^\s"]{1,15}) /.exec(line)?.[1] : undefined,
  )
  return [...new Set(named.filter((name) => name !== undefined))]
}

/** A packet that matches such a rule is dropped or continues to the next one. */
const letsNothingThrough = (line: string): boolean => /-j (DROP|CT|NOTRACK|TRACE|LOG|NFLOG|MARK)( |$)/.test(line)

const jump = (from: string): string => `${from} -j ${chainName}`
const isJump = (line: string, from: string): boolean => line === `-A ${jump(from)}`

export const commandOf = (table: string, rule: Rule): readonly string[] => ['-t', table, '-C', chainName, ...rule]
