/** Where Debian's newer Python comes from, as far as that is decided here. */
import { expect, test } from 'vitest'
import { fromFirstSuite } from './first-suite.ts'

test('the first suite that gives something is the last that is asked', async () => {
  const asked: string[] = []
  const given = await fromFirstSuite(['gone', 'there', 'never'], async (suite) => {
    asked.push(suite)
    if (suite === 'gone') throw new Error('404')
    return `from ${suite}`
  })
  expect(given).toBe('from there')
  expect(asked).toEqual(['gone', 'there'])
})

test('where none does, it is told what each of them said', async () => {
  const refuse = async (suite: string) => Promise.reject(new Error(`no ${suite} today`))
  await expect(fromFirstSuite(['one', 'two'], refuse)).rejects.toThrow(
    'Debian one: no one today\nDebian two: no two today',
  )
})
