/** Where a tab's token is kept, with a map for each storage. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { forgetToken, keepToken, readToken, signOutEverywhere } from './token.ts'

const token = `flt_${'A'.repeat(43)}`

function storage() {
  const kept = new Map<string, string>()
  return {
    kept,
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  }
}
let ofTab: ReturnType<typeof storage>
let ofAllTabs: ReturnType<typeof storage>
const openTab = () => vi.stubGlobal('sessionStorage', (ofTab = storage()))
beforeEach(() => {
  vi.stubGlobal('localStorage', (ofAllTabs = storage()))
  openTab()
})
afterEach(() => vi.unstubAllGlobals())

test('keeps the token only in the storage of its tab, and drops it with the tab', () => {
  keepToken(token)
  expect(readToken()).toBe(token)
  expect([...ofTab.kept.values()]).toContain(token)
  expect([...ofAllTabs.kept.values()]).not.toContain(token)
  openTab()
  expect(readToken()).toBeNull()
})

test('leaves no token in this tab after a sign-out, and no valid one in another tab that slept', () => {
  keepToken(token)
  const slept = ofTab
  openTab()
  keepToken(token)
  signOutEverywhere()
  expect([...ofTab.kept.values()]).toEqual([])
  vi.stubGlobal('sessionStorage', slept)
  expect(readToken()).toBeNull()
  expect([...slept.kept.values()]).toEqual([])
})

test('ignores what is not a token of Fairlead', () => {
  keepToken('nonsense')
  expect(readToken()).toBeNull()
  keepToken(token)
  forgetToken()
  expect(readToken()).toBeNull()
})
