/** Imported before everything else: zod would test whether it may compile code, and the page's policy forbids that. */
import { z } from 'zod'

z.config({ jitless: true })
