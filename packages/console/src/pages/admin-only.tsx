/** A page that the API serves only to admins: what it says to any other user who follows a link to it. */
import type { ReactNode } from 'react'
import { useSession } from '../session/session.tsx'
import { EmptyState } from '../ui/empty-state.tsx'
import { Page } from '../ui/page.tsx'

export function AdminOnly({ title, children }: { title: string; children: () => ReactNode }) {
  const { may, me } = useSession()
  if (may('admin')) return children()
  return (
    <Page title={title} path={[{ text: 'Administration' }]}>
      <EmptyState title="This is for admins">
        <p>You are signed in with the role {me.role}.</p>
      </EmptyState>
    </Page>
  )
}
