/** Steps as they happen: what each is, how it went, how long it took; a progress bar, and the problem at the step that met it. */
import type { ProblemDocument } from '@fairlead/contract/problems'
import type { StepReport } from '@fairlead/contract/wire'
import { Progress } from '@mantine/core'
import {
  IconAlertTriangle,
  IconCheck,
  IconMinus,
  IconPlayerPlay,
  IconPlayerStop,
  type TablerIcon,
} from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { ProblemCard, ProblemLink } from '../ui/problem-card.tsx'
import { sentence } from '../ui/sentence.ts'
import { TextLink } from '../ui/text-link.tsx'
import { TextWithCode } from '../ui/text-with-code.tsx'
import { useNow } from '../ui/time-text.tsx'
import { formatBytes } from '../ui/units.ts'
import { stepMs, stepText, stepTime, stepWords } from './step-words.ts'
import classes from './step-list.module.css'

type Shown = StepReport['status'] | 'cut'

const marks: Record<Shown, { readonly icon: TablerIcon; readonly word: string }> = {
  done: { icon: IconCheck, word: 'done' },
  failed: { icon: IconAlertTriangle, word: 'failed' },
  running: { icon: IconPlayerPlay, word: 'running' },
  skipped: { icon: IconMinus, word: 'not needed' },
  cut: { icon: IconPlayerStop, word: 'cut short' },
}

export interface StepListProps {
  readonly steps: readonly StepReport[]
  readonly problem?: ProblemDocument | null
  /** The record of the pull in which they failed. */
  readonly pullId?: string | null
  /** The page already shows the full problem: this shows only what happened. */
  readonly isToldAbove?: boolean
  /** The steps no longer continue: a running one was interrupted. */
  readonly isOver?: boolean
}

export function StepList({ steps, problem, pullId = null, isToldAbove = false, isOver = false }: StepListProps) {
  const isRunning = !isOver && steps.some(({ status }) => status === 'running')
  const now = useNow(isRunning ? 500 : 60_000)
  const failed = steps.findLastIndex(({ status }) => status === 'failed')
  return (
    <ol className={classes.list}>
      {steps.map((step, index) => (
        <Step
          key={`${step.step} ${step.started_at}`}
          step={step}
          shown={isOver && step.status === 'running' ? 'cut' : step.status}
          now={now}
        >
          {problem && index === failed ? (
            <>
              <Told problem={problem} isToldAbove={isToldAbove} />
              {pullId !== null && <PathLink pullId={pullId} />}
            </>
          ) : null}
        </Step>
      ))}
      {problem && failed === -1 && (
        <li className={classes.alone}>
          <Told problem={problem} isToldAbove={isToldAbove} />
        </li>
      )}
    </ol>
  )
}

function Told({ problem, isToldAbove }: { problem: ProblemDocument; isToldAbove: boolean }) {
  if (!isToldAbove) return <ProblemCard document={problem} />
  return (
    <p className={classes.told}>
      <TextWithCode>{sentence(problem.detail)}</TextWithCode> <ProblemLink code={problem.code} />
    </p>
  )
}

function PathLink({ pullId }: { pullId: string }) {
  return (
    <p className={classes.path}>
      <TextLink to="/pulls/$id" params={{ id: pullId }}>
        See the path of the credential
      </TextLink>
    </p>
  )
}

interface StepProps {
  readonly step: StepReport
  readonly shown: Shown
  readonly now: number
  readonly children: ReactNode
}

function Step({ step, shown, now, children }: StepProps) {
  const { icon: Icon, word } = marks[shown]
  return (
    <li className={classes.step} data-status={shown}>
      <span className={classes.mark} title={word}>
        <Icon size={14} stroke={2.2} aria-label={word} />
      </span>
      <span className={classes.name}>{stepWords[step.step].name}</span>
      <span className={classes.what}>{stepText(step)}</span>
      <span className={classes.time}>{timeOf(step, shown, now)}</span>
      {step.bytes !== undefined && <Bytes step={step} shown={shown} bytes={step.bytes} />}
      {children !== null && <div className={classes.below}>{children}</div>}
    </li>
  )
}

function cameText({ status }: StepReport, bytes: number): string {
  if (bytes === 0 && status === 'done') return 'nothing came from the registry: the node already had everything'
  return `${formatBytes(bytes)} came from the registry`
}

function timeOf(step: StepReport, shown: Shown, now: number): string {
  if (shown === 'cut') return 'cut short'
  return shown === 'skipped' ? '' : stepTime(stepMs(step, now))
}

function Bytes({ step, shown, bytes }: { step: StepReport; shown: Shown; bytes: number }) {
  const total = step.total_bytes
  if (shown !== 'running' || total === undefined || total === 0) {
    return <p className={classes.bytes}>{cameText(step, bytes)}</p>
  }
  const percent = Math.floor(Math.min(bytes / total, 1) * 100)
  return (
    <div className={classes.below}>
      <Progress value={percent} size="sm" aria-label="Pulled so far" />
      <p className={classes.bytes}>
        {formatBytes(bytes)} of {formatBytes(total)}, {percent} %
      </p>
    </div>
  )
}
