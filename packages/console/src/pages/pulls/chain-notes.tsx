/** For each node whose records are not a complete chain, says what that means and what to do. */
import { StateBadge } from '../../ui/state-badge.tsx'
import { TextLink } from '../../ui/text-link.tsx'
import classes from './chain-notes.module.css'
import { chainWords, type ChainNote } from './chain-words.ts'

export function ChainNotes({ notes }: { notes: readonly ChainNote[] }) {
  if (notes.length === 0) return null
  return (
    <section className={classes.notes} aria-label="Nodes with broken record chains">
      {notes.map(({ id, name, chain }) => (
        <div key={id} className={classes.note} data-chain={chain}>
          <p className={classes.title}>
            The records of <bdi className={classes.name}>{name}</bdi> are no whole chain <StateBadge state={chain} />
          </p>
          <p>{chainWords[chain].what}</p>
          <p className="quiet">{chainWords[chain].fix}</p>
          <TextLink to="/nodes/$id" params={{ id }}>
            Go to node
          </TextLink>
        </div>
      ))}
    </section>
  )
}
