/** The five steps to the first cluster. Each ticks itself when its thing exists; the first that is not done is open. */
import type { FirstStep } from '@fairlead/contract/wire'
import { IconCircle, IconCircleCheckFilled } from '@tabler/icons-react'
import { type LinkProps } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useSession } from '../../session/session.tsx'
import { CopyBlock } from '../../ui/copy-block.tsx'
import { DocsLink } from '../../ui/docs-link.tsx'
import { LinkButton } from '../../ui/link-button.tsx'
import { Section } from '../../ui/page.tsx'
import { docsOfStep } from './first-steps.ts'
import classes from './first-steps-list.module.css'

interface Step {
  readonly name: FirstStep
  readonly title: string
  readonly text: string
  readonly more?: ReactNode
  readonly action: { readonly text: string; readonly link: LinkProps } | null
}

/** Its password is what stays out of the control plane: whoever owns the account stores it there. */
const secretJson = JSON.stringify(
  { username: 'USERNAME', password: 'PASSWORD', server: 'registry.example.com' },
  null,
  2,
)

const steps: readonly Step[] = [
  {
    name: 'cloud',
    title: 'Create a cloud',
    text: 'It describes where your machines run, and which secrets may be used there.',
    action: { text: 'Create a cloud', link: { to: '/clouds/new' } },
  },
  {
    name: 'machine',
    title: 'Join a machine',
    text: 'Install fairlead on it, and run the command that the page of the cloud shows. Nothing connects to the machine.',
    action: { text: 'Go to the clouds', link: { to: '/clouds' } },
  },
  {
    name: 'secret',
    title: 'Store the registry’s login as a secret',
    text: 'In the secret manager of your cloud, as this JSON. Fairlead never sees it: each node reads it itself. An image that needs no login needs no secret.',
    more: <CopyBlock label="content of the secret" text={secretJson} />,
    action: null,
  },
  {
    name: 'environment',
    title: 'Create a cluster environment',
    text: 'It names your image and the secret. A node checks both at once.',
    action: { text: 'Create new environment', link: { to: '/cluster-environments/new' } },
  },
  {
    name: 'cluster',
    title: 'Start a cluster',
    text: 'Each of its nodes pulls the image, and Ray starts.',
    action: { text: 'Start a cluster', link: { to: '/clusters/new' } },
  },
]

export function FirstStepsList({ done }: { done: ReadonlySet<FirstStep> }) {
  const { may } = useSession()
  const next = steps.find(({ name }) => !done.has(name))
  return (
    <Section title={`Your first cluster: ${done.size} of ${steps.length} steps done`}>
      <ol className={classes.steps}>
        {steps.map((step) => (
          <li key={step.name} data-done={done.has(step.name)} aria-current={step === next ? 'step' : undefined}>
            <Tick isDone={done.has(step.name)} />
            <div className={classes.body}>
              <h3>
                {step.title}
                {done.has(step.name) && <span className="quiet">: done</span>}
              </h3>
              <p>{step.text}</p>
              {!done.has(step.name) && step.more}
              <div className={classes.foot}>
                {step.action !== null && may('developer') && !done.has(step.name) && (
                  <LinkButton size="sm" variant={step === next ? 'filled' : 'default'} {...step.action?.link}>
                    {step.action.text}
                  </LinkButton>
                )}
                <DocsLink page={docsOfStep[step.name]}>Read more</DocsLink>
              </div>
            </div>
          </li>
        ))}
      </ol>
    </Section>
  )
}

function Tick({ isDone }: { isDone: boolean }) {
  return isDone ? (
    <IconCircleCheckFilled className={classes.tick} size={22} aria-hidden />
  ) : (
    <IconCircle className={classes.tick} size={22} stroke={1.4} aria-hidden />
  )
}
