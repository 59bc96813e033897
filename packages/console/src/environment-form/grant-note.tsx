/** Whether the typed secret may be named for this registry; if not, an admin can grant it here without leaving the form. */
import type { Cloud } from '@fairlead/contract/wire'
import { Button } from '@mantine/core'
import { useAct } from '../queries/use-act.ts'
import { useSession } from '../session/session.tsx'
import { CopyBlock } from '../ui/copy-block.tsx'
import { ProblemCard } from '../ui/problem-card.tsx'
import type { GrantAnswer } from './meaning.ts'
import { Note } from '../ui/note.tsx'

export interface GrantNoteProps {
  readonly answer: GrantAnswer
  readonly cloud: Cloud
  /** As typed. */
  readonly reference: string
  readonly registry: string
}

export function GrantNote({ answer, cloud, reference, registry }: GrantNoteProps) {
  const { may } = useSession()
  if (answer.granted) {
    return (
      <Note tone="good">
        {answer.why === 'any'
          ? 'Granted: this cloud allows any secret.'
          : `Granted: this secret is allowed for images from ${registry}.`}
      </Note>
    )
  }
  const isAdmin = may('admin')
  return (
    <>
      <Note tone="warn">
        Not granted: no grant of this cloud covers this secret for {registry}.{!isAdmin && ' An admin can add it:'}
      </Note>
      {isAdmin ? (
        <GrantHere key={`${reference} ${registry}`} cloud={cloud} reference={reference} registry={registry} />
      ) : (
        <CopyBlock label="command that grants it" text={answer.command} />
      )}
    </>
  )
}

function GrantHere({ cloud, reference, registry }: Omit<GrantNoteProps, 'answer'>) {
  const { client } = useSession()
  const grant = useAct(() => client.clouds.grant(cloud.id, { reference, registries: [registry] }), ['clouds'])
  return (
    <>
      {grant.error !== null && <ProblemCard error={grant.error} />}
      <div>
        <Button variant="default" size="xs" loading={grant.isPending} onClick={() => grant.mutate()}>
          Allow it for images from {registry}
        </Button>
      </div>
    </>
  )
}
