/** What an incomplete chain of a node's records means, and what to do. Pure. */
import type { Node } from '@fairlead/contract/wire'

export type BrokenChain = Exclude<NonNullable<Node['pull_chain']>, 'intact'>

export const chainWords: Record<BrokenChain, { readonly what: string; readonly fix: string }> = {
  gap: {
    what: 'Numbers are missing: the node wrote records that never arrived here.',
    fix: 'See whether the node lost its state folder or its disk was full then. Its own ledger, in the state folder, has what it still knows.',
  },
  fork: {
    what: 'Two records claim the same place, or one follows a record that is missing here.',
    fix: 'If the machine was cloned or restored from a snapshot, revoke it and join it again. Otherwise somebody else may have its key: revoke it now.',
  },
  altered: {
    what: 'A record does not have its own hash, or names another node: it was changed, or not written by the agent.',
    fix: 'Do not rely on the records of this node. Revoke it, find out who was root on it, and join it again.',
  },
}

export interface ChainNote {
  readonly id: string
  readonly name: string
  readonly chain: BrokenChain
}

const worstFirst: readonly BrokenChain[] = ['altered', 'fork', 'gap']

export function brokenChains(
  nodes: readonly { id: string; name: string; pull_chain?: Node['pull_chain'] }[],
): readonly ChainNote[] {
  return nodes
    .flatMap(({ id, name, pull_chain: chain = 'intact' }) => (chain === 'intact' ? [] : [{ id, name, chain }]))
    .toSorted((a, b) => worstFirst.indexOf(a.chain) - worstFirst.indexOf(b.chain) || a.name.localeCompare(b.name))
}
