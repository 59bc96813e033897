/** Each field of a record, in words. */
import { chainStart, ownerKey, type Node, type PullRecord } from '@fairlead/contract/wire'
import type { ReactNode } from 'react'
import { printableInFull } from '@fairlead/contract/problems'
import { reachOf, reachSentences } from '../../credential-path/login-reach.ts'
import { useName } from '../../resources/use-name.ts'
import { Details } from '../../ui/details.tsx'
import { TextLink } from '../../ui/text-link.tsx'
import { TimeText } from '../../ui/time-text.tsx'
import { formatBytes, formatDuration } from '../../ui/units.ts'
import { DecisionText } from './decision-text.tsx'
import { ownerText, podText } from './pod-words.ts'
import classes from './pull-facts.module.css'
import { purposeSentence } from './pull-words.ts'
import { useNamedBuild } from './use-pull.ts'

export function PullFacts({ record, node }: { record: PullRecord; node: Node | null }) {
  const named = useNamedBuild(record.build_id)
  const { name: clusterName } = useName(record.cluster_id)
  const { cluster_id, build_id, node_id, total_bytes, secret_reference } = record
  return (
    <Details
      rows={[
        ['Image reference', record.image === '' ? <NotRead /> : <Mono>{record.image}</Mono>],
        ['Resolved to', record.registry === '' ? null : <Mono>{`${record.registry}/${record.repository}`}</Mono>],
        ['Digest', record.digest === null ? 'not resolved' : <Mono>{record.digest}</Mono>],
        ['Pulled for', purposeSentence(record)],
        ['Pods', podNames(record)],
        [
          'Cluster',
          cluster_id && (
            <TextLink to="/clusters/$id" params={{ id: cluster_id }}>
              {clusterName ?? cluster_id}
            </TextLink>
          ),
        ],
        [
          'Build',
          build_id && (
            <TextLink to="/builds/$id" params={{ id: build_id }}>
              {named === null
                ? build_id
                : `${named.name ?? named.build.cluster_environment_id}:${named.build.revision}`}
            </TextLink>
          ),
        ],
        [
          'Node',
          node_id && (
            <TextLink to="/nodes/$id" params={{ id: node_id }}>
              <bdi>{node?.name ?? node_id}</bdi>
            </TextLink>
          ),
        ],
        ['Secret', secret_reference === null ? 'none on record' : <Mono>{secret_reference}</Mono>],
        ['Secret version', record.secret_version && <Mono>{record.secret_version}</Mono>],
        ['Decision', <DecisionText record={record} />],
        ['Login', reachSentences[reachOf(record)]],
        [
          'From the registry',
          `${formatBytes(record.bytes)}${total_bytes === null ? '' : ` of an image of ${formatBytes(total_bytes)}`}`,
        ],
        [
          'When',
          <>
            <TimeText at={record.started_at} />, for {formatDuration(record.duration_ms)}
          </>,
        ],
        ['Record', `${record.sequence} on this node`],
        ['Hash', <Mono>{record.hash}</Mono>],
        [
          'Previous hash',
          record.previous_hash === chainStart ? 'none: it is the first' : <Mono>{record.previous_hash}</Mono>,
        ],
      ]}
    />
  )
}

function podNames({ pods = [] }: PullRecord): ReactNode {
  if (pods.length === 0) return null
  return (
    <ul className={classes.pods}>
      {pods.map((pod) => (
        <li key={podText(pod)}>
          <bdi>{podText(pod)}</bdi>
          <span>
            {pod.owner !== null && (
              <TextLink to="/pulls" search={{ pod_owner: ownerKey(pod.namespace, pod.owner) }}>
                {ownerText(pod.owner)}
              </TextLink>
            )}
          </span>
        </li>
      ))}
    </ul>
  )
}

function NotRead() {
  return <>its name could not be read, so it is not on record</>
}

function Mono({ children }: { children: string }) {
  return <bdi className="mono">{printableInFull(children)}</bdi>
}
