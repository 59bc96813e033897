/** The picture of one pull: which way its credential went, and where it stopped; and the same in words. */
import { useId } from 'react'
import { CredentialPathDrawing } from './credential-path-drawing.tsx'
import classes from './credential-path-figure.module.css'
import { credentialPath, pathInWords, type PathSubject } from './credential-path.ts'
import { pageFonts, pageInks } from './inks.ts'
import { tallLayout } from './tall-layout.ts'
import { wideLayout } from './wide-layout.ts'

export function CredentialPathFigure({ subject }: { subject: PathSubject }) {
  const id = useId()
  const path = credentialPath(subject)
  const shared = { inks: pageInks, fonts: pageFonts, title: 'The path of the credential', description: path.sentence }
  return (
    <figure className={classes.figure}>
      <figcaption className={classes.sentence}>{path.sentence}</figcaption>
      <div className={classes.place}>
        <CredentialPathDrawing {...shared} id={`${id}wide`} drawing={wideLayout(path)} className={classes.wide} />
        <CredentialPathDrawing {...shared} id={`${id}tall`} drawing={tallLayout(path)} className={classes.tall} />
      </div>
      <details className={classes.words}>
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
