/** An image as recorded: the repository and its version first, its registry below. */
import type { PullRecord } from '@fairlead/contract/wire'
import classes from './image-text.module.css'
import { imageWords } from './pull-words.ts'

export function ImageText({ record }: { record: PullRecord }) {
  const words = imageWords(record)
  if (words === null) return <>a name that could not be read</>
  return (
    <span className={classes.image}>
      <bdi>
        {words.repository}
        {words.version}
      </bdi>
      <bdi className={classes.registry}>{words.registry}</bdi>
    </span>
  )
}
