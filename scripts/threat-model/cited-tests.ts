/** Reads which tests a document cites as proof, and which tests a file has. */
import { existsSync } from 'node:fs'
import { inRepository } from '../building/programs.ts'
import { textOf } from '../rules/repository-texts.ts'

export interface CitedTest {
  /** Relative to the repository root. */
  readonly file: string
  /** As written in the source: for a table of cases, the pattern of their names. */
  readonly test: string
}

/** A citation has the form `path` › `name of the test`. */
export function citedTests(document: string): readonly CitedTest[] {
  return [...document.matchAll(/`([^`\n]+)` › `([^`\n]+)`/g)].map(([, file = '', test = '']) => ({ file, test }))
}

/** Whether a test in that file, with its suites and its name joined as in vitest, is the cited one or a case of it. */
export function isCited(cited: CitedTest, file: string, name: string): boolean {
  const placeholder = /%[sdifjoO#$%]|\$\{[^}]*\}|\$[a-z_][\w.]*/i
  const title = cited.test
    .split(placeholder)
    .map((text) => RegExp.escape(text))
    .join('.*')
  return cited.file === file && new RegExp(`(?:^| > )${title}$`, 's').test(name)
}

/** The names of tests and suites, as written: first arguments of test, it and describe, and of their tables. */
export function testNames(source: string): ReadonlySet<string> {
  const call = /(?:\b(?:test|it|describe)(?:\.\w+)*|\))\(\s*(['"`])((?:\\.|(?!\1)[^\\\n])*)\1\s*,/g
  return new Set([...source.matchAll(call)].map(([, , text = '']) => text.replace(/\\(.)/g, '$1')))
}

/** Null if the file has that test. */
export function whatIsWrongWith({ file, test }: CitedTest): string | null {
  if (!/\.(?:test|conformance)\.ts$/.test(file)) return `${file} is no file of tests`
  if (!existsSync(inRepository(file))) return `${file} does not exist`
  return testNames(textOf(file)).has(test) ? null : `${file} has no test ${test}`
}

/** What identifies a claim: its words up to the first colon, bracket or code. */
export function nameOfClaim(line: string): string {
  return /^- ([^:(`]*)/.exec(line)?.[1]?.trim() ?? ''
}

/** The text under a heading of level 2 or 3, up to the next one; empty if there is no such heading. */
export function partUnder(document: string, heading: string): string {
  return document.split(/^###? /m).find((part) => part.startsWith(`${heading}\n`)) ?? ''
}

const headings = ['What each attacker can and cannot get', 'What a node keeps to itself']

/** Lines of the lists that must say what proves them: those under these level 2 headings. */
export function claims(document: string): readonly string[] {
  const sections = document.split(/^## /m).slice(1)
  return sections
    .filter((section) => headings.some((heading) => section.startsWith(`${heading}\n`)))
    .flatMap((section) => section.split('\n').filter((line) => line.startsWith('- ')))
}
