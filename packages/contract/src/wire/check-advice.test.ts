import { describe, expect, test } from 'vitest'
import { adviceAsWarning, adviceFor, CheckAdvice } from './check-advice.ts'

describe.each(CheckAdvice.options)('the advice %s', (code) => {
  test('names the registry and says what to do', () => {
    const { what, fix } = adviceFor(code, 'registry.example.com')
    expect(what).toContain('registry.example.com')
    expect(fix).toMatch(/^[A-Z].*\.$/)
  })

  test('is one sentence among the warnings of a build', () => {
    const { path, detail } = adviceAsWarning(code, 'registry.example.com')
    expect(path).toBe('registry_login_secret')
    expect(detail).toMatch(/^\S.*; [a-z].*[^.]$/)
  })
})
