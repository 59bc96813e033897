/** What can be done here where a cluster waits for nodes. */
import { TextLink } from '../../ui/text-link.tsx'
import classes from './waiting-for.module.css'

export function WaitingFor() {
  return (
    <p className={classes.waiting}>
      <TextLink to="/clouds">Join a node to its cloud</TextLink>, or look{' '}
      <TextLink to="/clusters" search={{ state: 'Running' }}>
        which clusters run
      </TextLink>{' '}
      and terminate one.
    </p>
  )
}
