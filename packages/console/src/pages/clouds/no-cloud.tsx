/** For pages where nothing can be created because there is no cloud yet: who can create one, and where. */
import { EmptyState } from '../../ui/empty-state.tsx'
import { LinkButton } from '../../ui/link-button.tsx'
import { useMayCreateClouds } from './use-may-create-clouds.ts'

/** `why`: why the page's resource needs a cloud. */
export function NoCloud({ why }: { why: string }) {
  const mayCreate = useMayCreateClouds()
  return (
    <EmptyState
      title="There is no cloud yet"
      action={mayCreate && <LinkButton to="/clouds/new">Create a cloud</LinkButton>}
    >
      <p>{why}</p>
      {!mayCreate && <p>An admin makes one.</p>}
    </EmptyState>
  )
}
