/** Create new environment. */
import { Page } from '../../ui/page.tsx'

export function NewEnvironmentPage() {
  return (
    <Page
      title="Create new environment"
      path={[{ text: 'Configurations' }, { text: 'Cluster environments', link: { to: '/cluster-environments' } }]}
    >
      {null}
    </Page>
  )
}
