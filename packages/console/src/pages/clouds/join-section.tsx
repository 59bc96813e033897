/** How a machine joins a cloud: one command to paste if the cloud vouches for it, else a token that is made here and shown once. */
import { podAudience, type Cloud } from '@fairlead/contract/wire'
import { Skeleton, Switch, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { useSession } from '../../session/session.tsx'
import { CopyBlock } from '../../ui/copy-block.tsx'
import { Section } from '../../ui/page.tsx'
import { ProblemCard } from '../../ui/problem-card.tsx'
import { roleText } from './cloud-words.ts'
import { joinCommandFor } from './join-commands.ts'
import { JoinWithToken } from './join-with-token.tsx'
import classes from './join-section.module.css'

export function JoinSection({ cloud }: { cloud: Cloud }) {
  const { may } = useSession()
  const place = useRef<HTMLDivElement>(null)
  // The cloud arrives after the page, which was scrolled before that.
  useEffect(() => {
    if (location.hash === '#join') place.current?.scrollIntoView()
  }, [])
  return (
    <div ref={place} id="join" className={classes.place}>
      <Section title="Join a machine">
        {may('admin') ? (
          <JoinSteps cloud={cloud} />
        ) : (
          <Text size="sm" className="quiet">
            Admins join machines here.
          </Text>
        )}
      </Section>
    </div>
  )
}

function JoinSteps({ cloud }: { cloud: Cloud }) {
  const [isChecker, setChecker] = useState(false)
  return (
    <ol className={classes.steps}>
      <li>
        <Text size="sm">
          Install the <span className="mono">fairlead</span> program{isChecker ? '' : ' and Docker'} on the machine. It
          connects to this address; nothing connects to the machine.
        </Text>
        <Switch
          label="Use it for build checks only (no Docker needed)"
          checked={isChecker}
          onChange={(event) => setChecker(event.currentTarget.checked)}
        />
      </li>
      <li>
        {cloud.join === 'proof' ? (
          <JoinByProof cloud={cloud} isChecker={isChecker} />
        ) : (
          <JoinWithToken cloud={cloud} isChecker={isChecker} />
        )}
      </li>
      <li>
        <Text size="sm">
          Start its agent. Where <span className="mono">fairlead agent install</span> was run before, it starts by
          itself.
        </Text>
        <CopyBlock label="command that runs the agent" text="fairlead agent run" />
      </li>
    </ol>
  )
}

function JoinByProof({ cloud, isChecker }: { cloud: Cloud; isChecker: boolean }) {
  const { client } = useSession()
  const role = roleText(cloud)
  const place = accountText(cloud)
  const { data: command, error } = useQuery({
    queryKey: ['clouds', 'join command', cloud.id],
    queryFn: ({ signal }) => client.clouds.joinCommand(cloud.id, { signal }),
  })
  return (
    <>
      {place !== null && (
        <Text size="sm">
          Run this on it. No token is needed: it proves that it belongs to {place} and runs as{' '}
          <span className="mono">{role?.name}</span>.
        </Text>
      )}
      {cloud.kubernetes !== null && (
        <Text size="sm">
          {place === null ? 'Run this in a pod' : 'A pod joins as well'} of the cluster{' '}
          <span className="mono">{cloud.kubernetes.issuer}</span>, with one of the service accounts{' '}
          <span className="mono">{cloud.kubernetes.service_accounts.join(', ')}</span>: it proves itself with a token
          that Kubernetes projects for the audience{' '}
          <span className="mono">{podAudience(location.origin, cloud.name)}</span>.
        </Text>
      )}
      {error !== null && <ProblemCard error={error} />}
      {command === undefined && error === null && <Skeleton height="3.5rem" />}
      {command !== undefined && <CopyBlock label="command that joins" text={joinCommandFor(command, isChecker)} />}
    </>
  )
}

/** Null if only pods may join. */
function accountText({ account_id, project_id }: Cloud): string | null {
  if (account_id !== null) return `the account ${account_id}`
  return project_id === null ? null : `the project ${project_id}`
}
