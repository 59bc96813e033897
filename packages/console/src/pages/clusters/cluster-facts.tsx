/** Facts about a cluster: its build, its digest, its cloud, its size; and a link to its pulls. */
import type { Cluster } from '@fairlead/contract/wire'
import { CloudLink } from '../../resources/resource-link.tsx'
import { CopyIcon } from '../../ui/copy-icon.tsx'
import { Details } from '../../ui/details.tsx'
import { Section } from '../../ui/page.tsx'
import { TextLink } from '../../ui/text-link.tsx'
import { TimeText } from '../../ui/time-text.tsx'
import { AliveText } from './alive-text.tsx'
import { shortDigest } from '../../ui/units.ts'
import { countOf } from './cluster-words.ts'
import classes from './cluster-facts.module.css'

export function ClusterFacts({ cluster }: { cluster: Cluster }) {
  const wasStarted = cluster.generation > 0
  return (
    <Section title={cluster.state === 'Terminated' && wasStarted ? 'Last state' : 'Details'}>
      <div className={classes.facts}>
        <Details
          rows={[
            [
              'Environment',
              <TextLink to="/builds/$id" params={{ id: cluster.cluster_environment_build_id }}>
                {cluster.cluster_environment}
              </TextLink>,
            ],
            ['Digest', <DigestText cluster={cluster} />],
            [
              'Nodes',
              <>
                1 head, {cluster.worker_count === 0 ? 'no workers' : countOf(cluster.worker_count, 'worker')}
                {cluster.alive_nodes !== null && (
                  <>
                    ; <AliveText cluster={cluster} /> in Ray
                  </>
                )}
              </>,
            ],
            ['Cloud', <CloudLink id={cluster.cloud_id} />],
            [
              'Created',
              <>
                <TimeText at={cluster.created_at} />
                {cluster.creator_name != null && <> by {cluster.creator_name}</>}
              </>,
            ],
            ['In this state since', <TimeText at={cluster.state_changed_at} />],
            ['Started', wasStarted ? (cluster.generation === 1 ? 'once' : `${cluster.generation} times`) : null],
            [
              'Pulls',
              wasStarted ? (
                <TextLink to="/pulls" search={{ cluster_id: cluster.id }}>
                  View pulls
                </TextLink>
              ) : null,
            ],
          ]}
        />
      </div>
    </Section>
  )
}

function DigestText({ cluster: { digest, pin_digest } }: { cluster: Cluster }) {
  if (digest === null) return pin_digest ? 'not known yet' : 'not pinned: whatever the tag points to'
  return (
    <span className={classes.digest}>
      <span className="mono" title={digest}>
        {shortDigest(digest)}…
      </span>
      <CopyIcon text={digest} label="the digest" />
      {!pin_digest && <span className="quiet">not pinned</span>}
    </span>
  )
}
