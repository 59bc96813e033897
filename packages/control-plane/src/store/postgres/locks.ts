/** The locks held by replicas of one database; the numbers are Fairlead's own. */

/** Per transaction: held while writing, so that writes run one after another. */
export const writeLock = 7_301_001

/** Per session: held by one replica at a time, for as long as it runs. */
export const leaderLock = 7_301_002
