/** Creates a cloud. */
import { EmptyState } from '../../ui/empty-state.tsx'
import { Page } from '../../ui/page.tsx'
import { CloudEditor } from './cloud-editor.tsx'
import { cloudsPath } from './clouds-path.ts'
import { useMayCreateClouds } from './use-may-create-clouds.ts'

export function NewCloudPage() {
  const mayCreate = useMayCreateClouds()
  return (
    <Page title="Create a cloud" path={cloudsPath}>
      {mayCreate ? (
        <CloudEditor cloud={null} />
      ) : (
        <EmptyState title="Your token cannot create clouds">
          <p>An admin whose token is not limited to clouds can create one.</p>
        </EmptyState>
      )}
    </Page>
  )
}
