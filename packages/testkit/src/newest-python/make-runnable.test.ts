/** A Python that lies in a folder is started by that folder's own loader. */
import { expect, test } from 'vitest'
import { launcherText } from './make-runnable.ts'

test('the loader, its libraries and the program are those of the folder, under the name that was called', () => {
  const text = launcherText({ loader: '/r/lib/ld.so', libraries: '/r/lib', binary: '/r/python' })
  expect(text).toBe(`#!/bin/sh\nexec '/r/lib/ld.so' --library-path '/r/lib' --argv0 "$0" '/r/python' "$@"\n`)
})

test('a folder may be named with spaces and apostrophes', () => {
  const text = launcherText({ loader: "/it's here/ld.so", libraries: '/a b', binary: '/a b/python' })
  expect(text).toContain(`exec '/it'\\''s here/ld.so' --library-path '/a b'`)
})
