/** The parts of the API document that a client reads. */
import { z } from 'zod'
import { Version } from '../names/name.ts'

export const ApiDocument = z.object({ info: z.object({ version: Version }) })
