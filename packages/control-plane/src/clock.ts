/** Time, given to whoever needs it, so that tests can turn it. Milliseconds since the epoch. */
export type Clock = () => number

export const iso = (milliseconds: number): string => new Date(milliseconds).toISOString()
