/** What a problem code means, from the table that all of Fairlead shares. */
import { problems, type ProblemCode } from '@fairlead/contract/problems'
import { getRouteApi } from '@tanstack/react-router'
import { Details } from '../../ui/details.tsx'
import { docsAddress, DocsLink } from '../../ui/docs-link.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { Page } from '../../ui/page.tsx'
import { whoWords } from '../../ui/problem-card.tsx'
import { sentence } from '../../ui/sentence.ts'
import { TextWithCode } from '../../ui/text-with-code.tsx'

const route = getRouteApi('/problems/$code')

export function ProblemPage() {
  const { code } = route.useParams()
  const row = Object.hasOwn(problems, code) ? problems[code as ProblemCode] : null
  if (row === null) {
    return (
      <Page title={code}>
        <EmptyState title="This version does not know this problem">
          <p>It may come from a newer control plane or agent.</p>
        </EmptyState>
      </Page>
    )
  }
  return (
    <Page title={row.title.charAt(0).toUpperCase() + row.title.slice(1)} path={[{ text: 'Problems' }, { text: code }]}>
      <Details
        rows={[
          ['Code', <span className="mono">{code}</span>],
          ['What happened', <TextWithCode>{ofAnyCase(row.what)}</TextWithCode>],
          ['What to do', <TextWithCode>{ofAnyCase(row.fix)}</TextWithCode>],
          ['Who can do it', whoWords[row.who]],
          ['Retried automatically', row.retry ? 'yes' : 'no'],
        ]}
      />
      {docsAddress('problems') !== null && <DocsLink page={`problems#${code.toLowerCase()}`}>All problems</DocsLink>}
    </Page>
  )
}

/** What its sentence names in a specific case, such as a cluster, is unknown here. */
function ofAnyCase(text: string): string {
  return sentence(text.replaceAll(/\{\w+\}/g, '…'))
}
