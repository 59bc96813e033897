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

test('the token is in the storage of its tab alone, and ends with it', () => {
  keepToken(token)
  expect(readToken()).toBe(token)
  expect([...ofTab.kept.values()]).toContain(token)
  expect([...ofAllTabs.kept.values()]).not.toContain(token)
  openTab()
  expect(readToken()).toBeNull()
})

test('a sign-out leaves no token in this tab, and none that counts in another that slept', () => {
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

test('what is no token of Fairlead is none', () => {
  keepToken('nonsense')
  expect(readToken()).toBeNull()
  keepToken(token)
  forgetToken()
  expect(readToken()).toBeNull()
})
