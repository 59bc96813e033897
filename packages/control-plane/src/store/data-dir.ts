/** The contents of a data directory. */
import { join } from 'node:path'

export const databaseName = 'fairlead.sqlite'
export const caNames = ['ca-key.pem', 'ca.pem'] as const

/** All of its state; the write-ahead log belongs to its database. */
export const stateNames: readonly string[] = [...caNames, `${databaseName}-wal`, `${databaseName}-shm`, databaseName]

export const databasePath = (dataDir: string): string => join(dataDir, databaseName)
