/** Imported before all else: zod would try whether it may compile, and the page's policy allows that to nobody. */
import { z } from 'zod'

z.config({ jitless: true })
