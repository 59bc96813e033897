/** The locks that replicas of one database hold; numbers of Fairlead's own. */

/** Of the transaction that writes: writes come one after the other. */
export const writeLock = 7_301_001

/** Of a session: held by one replica for as long as any runs. */
export const leaderLock = 7_301_002
