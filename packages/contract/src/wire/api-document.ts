/** What a client reads of the document that describes the API. */
import { z } from 'zod'
import { Version } from '../names/name.ts'

export const ApiDocument = z.object({ info: z.object({ version: Version }) })
