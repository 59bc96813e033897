/**
 * Until our packages are published, their names belong to nobody, and whoever registers one runs code on the machine of each reader who
 * types a command that fetches it. So no text here has such a command; `npx --no-install` runs what is installed and never fetches.
 */
import { describe, expect, test } from 'vitest'
import { repositoryTexts } from '../rules/repository-texts.ts'

const ours = String.raw`(?:@fairlead/[a-z-]+|fairlead(?:[-_]sdk)?|docker-credential-fairlead)(?![\w./-])`
const fetching = new RegExp(
  [
    String.raw`\bnpx (?!--no-install )(?:-\S+ )*${ours}`,
    String.raw`\b(?:pnpm dlx|yarn dlx|bunx|pnpx) ${ours}`,
    String.raw`\b(?:npm|pnpm|yarn|bun) (?:i|install|add|exec|create)(?: -\S+)* ${ours}`,
    String.raw`\b(?:pip3?|pipx|uv|uvx|uv pip|poetry)(?: (?:install|run|add))?(?: -\S+)* ${ours}`,
    String.raw`\b(?:docker|podman) (?:pull|run)(?: -\S+)* (?:docker\.io/)?fairlead`,
  ].join('|'),
)

const fetchedBy = (text: string): string[] => text.split('\n').filter((line) => fetching.test(line))

test('no text tells anybody to fetch one of our names', () => {
  const found = repositoryTexts()
    .filter(({ path }) => !path.startsWith('scripts/reference/'))
    .flatMap(({ path, text }) => fetchedBy(text).map((line) => `${path}: ${line.trim()}`))
  expect(found).toEqual([])
})

describe('such a command', () => {
  test.each([
    'npx fairlead serve',
    'npx -y fairlead@latest',
    'use `npx @fairlead/cli`.',
    'npm install -g @fairlead/cli',
    'npm i @fairlead/sdk',
    'pip install fairlead-sdk',
    'pip install --upgrade fairlead_sdk',
    'uvx fairlead',
    'bunx fairlead',
    'docker run --rm fairlead/server',
  ])('is found: %s', (line) => expect(fetchedBy(line)).toEqual([line]))

  test.each([
    'npx --no-install fairlead serve',
    'npx node scripts/openapi.ts',
    'pip install ./python/fairlead_sdk',
    'npm install CLONE/dist/npm/contract CLONE/dist/npm/sdk',
    'npm install ./fairlead-cli-0.1.0.tgz',
    'apt install ./fairlead_0.1.0_amd64.deb',
    'docker pull registry.example.com/fairlead/app',
  ])('is not: %s', (line) => expect(fetchedBy(line)).toEqual([]))
})
