import { LoginReach } from '@fairlead/contract/wire'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { LoginTrace } from './login-trace.ts'

test('a login starts as none if no secret is named, and as unasked if one is', () => {
  expect(new LoginTrace(null).reached).toBe('none')
  expect(new LoginTrace('registry-login').reached).toBe('unasked')
})

test('a login never goes back and never claims less than its furthest point, whatever the order of the points', () => {
  const order = (reach: LoginReach): number => LoginReach.options.indexOf(reach)
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...LoginReach.options)), (points) => {
      const trace = new LoginTrace('registry-login')
      for (const point of points) {
        const before = trace.reached
        trace.reach(point)
        expect(order(trace.reached)).toBe(Math.max(order(before), order(point)))
      }
      expect(order(trace.reached)).toBe(Math.max(order('unasked'), ...points.map(order)))
    }),
  )
})
