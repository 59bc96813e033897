/** A waterfall: one row per node and one bar per step, on one time axis. */
import { useNow } from '../ui/time-text.tsx'
import { formatDuration } from '../ui/units.ts'
import { stepOrder, stepTime, stepWords } from './step-words.ts'
import { layOut, type Bar, type WaterfallGroup } from './waterfall.ts'
import classes from './waterfall-chart.module.css'

export function WaterfallChart({ groups, label }: { groups: readonly WaterfallGroup[]; label: string }) {
  const isRunning = groups.some(
    ({ isOver, steps }) => isOver !== true && steps.some(({ status }) => status === 'running'),
  )
  const now = useNow(isRunning ? 500 : 60_000)
  const drawn = layOut(groups, now)
  if (drawn === null) return null
  const shown = stepOrder.filter((name) => drawn.rows.some(({ bars }) => bars.some(({ step }) => step === name)))
  return (
    <figure className={classes.figure}>
      <figcaption className={classes.caption}>
        {label}, {formatDuration(drawn.totalMs)} in all
      </figcaption>
      <div className={classes.ticks} aria-hidden>
        {drawn.ticks.map(({ ms, left }) => (
          <span key={ms} className={classes.tick} style={{ left: `${left}%` }}>
            {tickText(ms, left)}
          </span>
        ))}
      </div>
      {drawn.rows.map(({ title, note, bars, ms }) => (
        <div key={title} className={classes.row}>
          <span className={classes.title}>
            {title}
            {note !== null && <span className="quiet"> {note}</span>}
          </span>
          <ol className={classes.bars}>
            {bars.map((bar) => (
              <li
                key={`${bar.step} ${bar.startMs}`}
                className={classes.bar}
                data-step={bar.step}
                data-status={bar.status}
                style={{ left: `${bar.left}%`, width: `${bar.width}%` }}
                title={textOf(bar)}
              >
                <span className={classes.text}>{textOf(bar)}</span>
              </li>
            ))}
          </ol>
          <span className={classes.total}>{bars.length > 0 && formatDuration(ms)}</span>
        </div>
      ))}
      <ul className={classes.legend} aria-hidden>
        {shown.map((name) => (
          <li key={name}>
            <span className={classes.swatch} data-step={name} />
            {stepWords[name].name}
          </li>
        ))}
      </ul>
    </figure>
  )
}

/** Near the end, a label would extend beyond the picture, and the total is shown above. */
function tickText(ms: number, left: number): string {
  if (left > 80) return ''
  return ms === 0 ? '0' : formatDuration(ms)
}

function textOf({ step, status, startMs, ms }: Bar): string {
  const state = status === 'done' ? '' : `, ${status}`
  return `${stepWords[step].name}: ${stepTime(ms)}, after ${formatDuration(startMs)}${state}`
}
