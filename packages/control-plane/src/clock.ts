/** The time, passed in so that tests can change it. Milliseconds since the epoch. */
export type Clock = () => number

export const iso = (milliseconds: number): string => new Date(milliseconds).toISOString()

/** For durations: it does not jump when the machine's time is set. A clock that only a test moves is its own. */
export const steadyClockOf = (clock: Clock): Clock => (clock === Date.now ? () => performance.now() : clock)
