import { expect, test } from 'vitest'
import { PreparedStatements } from './prepared-statements.ts'

test('a statement has the same name each time, and no other has it', () => {
  const prepared = new PreparedStatements()
  const names = ['one', 'two', 'one'].map((table) => prepared.nameOf(`select * from "${table}" where "id" = $1`))
  expect(names).toEqual(['s0', 's1', 's0'])
})

test.each([
  'begin',
  'create table t (id text)',
  'select "id" from "nodes" order by "id" desc limit $1',
  `insert into "events" values ${'($1, $2, $3), '.repeat(100)}($4)`,
])('%.60s is not prepared', (text) => {
  expect(new PreparedStatements().nameOf(text)).toBeNull()
})

test('prepares 300 statements at most, and those until it ends', () => {
  const prepared = new PreparedStatements()
  const nameOf = (number: number) => prepared.nameOf(`select ${number}`)
  const numbers = Array.from({ length: 1000 }, (_, number) => number)
  expect(numbers.map(nameOf).filter((name) => name !== null)).toHaveLength(300)
  expect(nameOf(0)).toBe('s0')
  expect(nameOf(999)).toBeNull()
})
