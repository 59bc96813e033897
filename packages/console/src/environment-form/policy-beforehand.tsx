/** What the nodes must be allowed to do to read the secret, before anything is created. */
import type { Cloud } from '@fairlead/contract/wire'
import { useState } from 'react'
import { Disclosure } from '../ui/disclosure.tsx'
import { Note } from '../ui/note.tsx'
import { policyFor } from './policy-for.ts'
import { PolicyDocuments } from './policy-documents.tsx'

export function PolicyBeforehand({ reference, cloud }: { reference: string; cloud: Cloud }) {
  const [customerKeys, setCustomerKeys] = useState(false)
  if (cloud.provider === 'local') return null
  const policy = policyFor(reference, cloud, customerKeys)
  return (
    <Disclosure summary="The policy that lets the nodes read it">
      {policy === null ? (
        <Note tone="plain">The cloud {cloud.name} has no account or region, so no policy can be generated.</Note>
      ) : (
        <PolicyDocuments policy={policy} customerKeys={customerKeys} onCustomerKeys={setCustomerKeys} />
      )}
    </Disclosure>
  )
}
