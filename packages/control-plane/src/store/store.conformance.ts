/** The requirements for every store, whichever database it uses. */
import { afterEach, beforeEach, describe } from 'vitest'
import type { OpenedStore } from '../testing/opened-store.ts'
import { describeAuditEvents } from './conformance/audit-events.conformance.ts'
import { describeClusterMembers } from './conformance/cluster-members.conformance.ts'
import { describeFleetQuestions } from './conformance/fleet-questions.conformance.ts'
import { describeLists } from './conformance/lists.conformance.ts'
import { describeOldPulls } from './conformance/old-pulls.conformance.ts'
import { describeRules } from './conformance/rules.conformance.ts'
import { describeSomeClouds } from './conformance/some-clouds.conformance.ts'
import { describeTransactions } from './conformance/transactions.conformance.ts'

export function describeStore(name: string, open: () => Promise<OpenedStore>): void {
  describe(`the store on ${name}`, () => {
    let opened: OpenedStore
    beforeEach(async () => {
      opened = await open()
    })
    afterEach(() => opened.dispose())

    describeTransactions(() => opened)
    describeLists(() => opened)
    describeRules(() => opened)
    describeFleetQuestions(() => opened)
    describeClusterMembers(() => opened)
    describeOldPulls(() => opened)
    describeSomeClouds(() => opened)
    describeAuditEvents(() => opened)
  })
}
