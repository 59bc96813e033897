/** What the input of a field means, below the field. It is there before any input, so that nothing jumps. */
import type { ReactNode } from 'react'
import type { Facts } from './meaning.ts'
import classes from './meaning-box.module.css'

export function MeaningBox({
  label,
  facts,
  before,
  children,
}: {
  label: string
  facts: Facts | null
  /** The text while there are no facts. */
  before: string
  children?: ReactNode
}) {
  return (
    <fieldset className={classes.box} aria-label={label}>
      {facts === null ? (
        <p className={classes.empty}>{before}</p>
      ) : (
        <dl className={classes.facts}>
          {facts.map(([name, value]) => (
            <Fact key={name} name={name} value={value} />
          ))}
        </dl>
      )}
      {children}
    </fieldset>
  )
}

function Fact({ name, value }: { name: string; value: string }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </>
  )
}
