/** A problem in the words of the problem table: what happened, what to do, who can do it, and its code with a link to its page. */
import { isProblem, problem, type ProblemDocument, type Who } from '@fairlead/contract/problems'
import { Anchor } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { Fragment } from 'react'
import classes from './problem-card.module.css'
import { sentence } from './sentence.ts'
import { TextWithCode } from './text-with-code.tsx'

export const whoWords: Record<Who, string> = {
  you: 'you',
  'node-owner': 'the owner of the node',
  'registry-admin': 'the admin of the registry',
  'cloud-admin': 'an admin',
}

/** In a browser, no flag sets the address, and the failed action is over. */
const unreachableFix =
  'Check your connection, and that `fairlead serve` is running there. If you were making a change, check whether it was applied, and repeat it if not; nothing is sent later.'

export function documentOf(error: unknown): ProblemDocument {
  const told = (isProblem(error) ? error : problem('INTERNAL')).toDocument()
  return told.code === 'CONTROL_PLANE_UNREACHABLE' ? { ...told, fix: unreachableFix } : told
}

/** `error` is what a call threw; `document` what the API reported for a build, a cluster or a node. Before the sign-in, no page can be opened. */
export function ProblemCard(props: ({ error: unknown } | { document: ProblemDocument }) & { isSignedIn?: boolean }) {
  const { isSignedIn = true } = props
  const told = 'document' in props ? props.document : documentOf(props.error)
  return (
    <section className={classes.card} role={'error' in props ? 'alert' : undefined}>
      <p className={classes.what}>
        <TextWithCode>{sentence(told.detail)}</TextWithCode>
      </p>
      {told.fields !== undefined && told.fields.length > 0 && (
        <ul className={classes.fields}>
          {told.fields.map(({ path, detail }) => (
            <li key={`${path} ${detail}`}>
              <span className="mono">{path}</span>: <TextWithCode>{detail}</TextWithCode>
            </li>
          ))}
        </ul>
      )}
      <p className={classes.fix}>
        <TextWithCode canCopy>{told.fix}</TextWithCode>
      </p>
      <p className={classes.foot}>
        {isSignedIn ? <ProblemLink code={told.code} /> : <span className="mono">{told.code}</span>}
        <span>{whoWords[told.who]} can fix this</span>
      </p>
    </section>
  )
}

export function ProblemLink({ code }: { code: string }) {
  return (
    <Anchor
      renderRoot={(props) => <Link {...props} to="/problems/$code" params={{ code }} />}
      className="mono"
      size="sm"
    >
      <BrokenAtUnderscores text={code} />
    </Anchor>
  )
}

/** On a narrow screen, a code breaks between its words. */
function BrokenAtUnderscores({ text }: { text: string }) {
  return text.split(/(?<=_)/).map((word, index) => (
    // oxlint-disable-next-line react/no-array-index-key -- the words of one code have no other name
    <Fragment key={index}>
      {index > 0 && <wbr />}
      {word}
    </Fragment>
  ))
}
