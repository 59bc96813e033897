/** Shown below a name that a cluster already has: what a start does with it. */
import type { Cluster } from '@fairlead/contract/wire'
import { TextLink } from '../../ui/text-link.tsx'
import { actOf } from './cluster-words.ts'
import classes from './existing-cluster.module.css'

export function ExistingCluster({ cluster: { id, name, state } }: { cluster: Cluster }) {
  const mayStart = actOf(state) === 'start'
  return (
    <output className={classes.existing} data-refused={!mayStart}>
      <TextLink to="/clusters/$id" params={{ id }}>
        {name}
      </TextLink>{' '}
      {mayStart
        ? 'already exists and is not running: it is started again with these settings.'
        : 'already exists and is not terminated: terminate it first, or choose another name.'}
    </output>
  )
}
