/** The time, passed in so that tests can change it. Milliseconds since the epoch. */
export type Clock = () => number

export const iso = (milliseconds: number): string => new Date(milliseconds).toISOString()
