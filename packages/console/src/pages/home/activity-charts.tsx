/** Pulls and failures, and how long pulls took, in each of the last 24 hours. The words above each chart say the same. */
import type { PullActivity } from '@fairlead/contract/wire'
import { formatDuration } from '../../ui/units.ts'
import { barsOf, everyHour, sumsOf, type Bar } from './activity-bars.ts'
import classes from './activity-charts.module.css'

const hoursShown = 24

export function ActivityCharts({ activity }: { activity: PullActivity }) {
  const hours = everyHour(activity, hoursShown)
  const { records, failed, longestMs } = sumsOf(hours)
  return (
    <div className={classes.charts}>
      <Chart
        title="Pulls and checks"
        words={
          records === 0
            ? 'none in the last 24 hours'
            : `${records.toLocaleString('en')} in the last 24 hours, ${failed.toLocaleString('en')} failed`
        }
        bars={barsOf(hours, 'records')}
      />
      <Chart
        title="Mean time of a pull"
        words={longestMs === null ? 'no pull in the last 24 hours' : `the longest took ${formatDuration(longestMs)}`}
        bars={barsOf(hours, 'mean_ms')}
      />
    </div>
  )
}

const [width, height, gap] = [240, 40, 2]

function Chart({ title, words, bars }: { title: string; words: string; bars: readonly Bar[] }) {
  const step = width / hoursShown
  return (
    <figure className={classes.chart}>
      <figcaption>
        <strong>{title}</strong> <span className="quiet">{words}</span>
      </figcaption>
      <svg viewBox={`0 0 ${width} ${height + 1}`} preserveAspectRatio="none" aria-hidden>
        <path d={`M0 ${height + 0.5}H${width}`} className={classes.ground} />
        {bars.map(({ at, height: share, failedHeight }, index) => (
          <g key={at}>
            <rect
              x={index * step}
              y={height * (1 - share)}
              width={step - gap}
              height={height * share}
              className={classes.bar}
            />
            <rect
              x={index * step}
              y={height * (1 - failedHeight)}
              width={step - gap}
              height={height * failedHeight}
              className={classes.failed}
            />
          </g>
        ))}
      </svg>
    </figure>
  )
}
