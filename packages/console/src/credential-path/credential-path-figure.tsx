/** The picture of one pull: which way its credential went, where it stopped, and the same in words. */
import { useId, useState } from 'react'
import { CredentialPathDrawing } from './credential-path-drawing.tsx'
import classes from './credential-path-figure.module.css'
import { credentialPath, pathInWords, type PathSubject } from './credential-path.ts'
import { pageFonts, pageInks } from './inks.ts'
import { layout } from './layout.ts'

export function CredentialPathFigure({ subject }: { subject: PathSubject }) {
  const id = useId()
  const [isNarrow] = useState(() => matchMedia('(max-width: 48em)').matches)
  const path = credentialPath(subject)
  const title = 'The path of the credential'
  return (
    <figure className={classes.figure}>
      <figcaption className={classes.sentence}>{path.sentence}</figcaption>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- on a narrow screen it is scrolled, by the keyboard too */}
      <section className={classes.place} aria-label={title} tabIndex={0}>
        <CredentialPathDrawing
          id={id}
          drawing={layout(path)}
          inks={pageInks}
          fonts={pageFonts}
          title={title}
          description={path.sentence}
          className={classes.drawing}
        />
      </section>
      {/* On a narrow screen the picture is scrolled, and the words are all there. */}
      <details className={classes.words} open={isNarrow}>
        <summary>The picture in words</summary>
        <ul>
          {pathInWords(path).map(({ where, what }) => (
            <li key={where}>
              <b>{where}</b>: <bdi>{what}</bdi>
            </li>
          ))}
        </ul>
      </details>
    </figure>
  )
}
