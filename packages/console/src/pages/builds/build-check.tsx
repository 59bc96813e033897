/** The check of a build: its steps, or what it waits for. */
import type { Build, Cloud, Node } from '@fairlead/contract/wire'
import { useFailedPull } from '../../steps/pull-of-steps.ts'
import { StepList } from '../../steps/step-list.tsx'
import { CopyBlock } from '../../ui/copy-block.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { LinkButton } from '../../ui/link-button.tsx'
import { Section } from '../../ui/page.tsx'
import { waitingFor } from './waiting-for.ts'
import classes from './build-check.module.css'

export function BuildCheck({
  build,
  cloud,
  nodes,
}: {
  build: Build
  cloud: Cloud | null
  nodes: readonly Node[] | null
}) {
  const waiting = waitingFor(build, nodes)
  const pullId = useFailedPull({ build_id: build.id, node_id: build.checked_by ?? undefined }, build.steps)
  if (waiting === 'node') return <NoNode cloudId={build.cloud_id} cloud={cloud} />
  return (
    <Section title="Check">
      <div className={classes.frame} aria-live="polite" aria-busy={build.status === 'in_progress'}>
        {waiting === 'lease' && <p className={classes.waiting}>Waiting for a node to take the check…</p>}
        {waiting === 'steps' && <p className={classes.waiting}>A node has taken the check…</p>}
        {(build.steps.length > 0 || build.problem !== null) && (
          <StepList steps={build.steps} problem={build.problem} pullId={pullId} />
        )}
      </div>
    </Section>
  )
}

function NoNode({ cloudId, cloud }: { cloudId: string; cloud: Cloud | null }) {
  return (
    <EmptyState
      title="Registered, not checked yet: no node is online"
      action={
        <LinkButton to="/clouds/$id" params={{ id: cloudId }} hash="join">
          How a machine joins
        </LinkButton>
      }
    >
      <p>
        When a node of {cloud?.name ?? 'its cloud'} is online, it checks the secret, the login and the image. You can
        start a cluster before that: its nodes then check the build.
        {cloud?.join === 'token' && ' An admin can get the command that joins a machine:'}
        {cloud?.join === 'proof' && ' Its machines join without a token: the cloud’s page has the command.'}
      </p>
      {cloud?.join === 'token' && (
        <CopyBlock label="command for a node" text={`fairlead node join-token --cloud-name ${cloud.name}`} />
      )}
    </EmptyState>
  )
}
