/** An address that the console does not have. */
import { EmptyState } from '../ui/empty-state.tsx'
import { Page } from '../ui/page.tsx'
import { TextLink } from '../ui/text-link.tsx'

export function NotFoundPage() {
  return (
    <Page title="No such page">
      <EmptyState title="There is nothing at this address">
        <p>
          It may have been moved. <TextLink to="/">Go to the overview</TextLink>.
        </p>
      </EmptyState>
    </Page>
  )
}
