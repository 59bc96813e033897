/** Waits until an expectation holds. */
import { vi } from 'vitest'

export const eventually = (check: () => void): Promise<void> => vi.waitFor(check, { timeout: 20_000, interval: 10 })
