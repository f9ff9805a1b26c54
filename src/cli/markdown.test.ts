import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { exitCodes } from '../model/errors.ts'
import { cliMarkdown } from './markdown.ts'

const page = (name: string) => readFileSync(new URL(`../../docs/${name}`, import.meta.url), 'utf8')

test('docs/cli.md is what the commands say; if this fails, run npm run docs', () => {
  expect(page('cli.md') === cliMarkdown(), 'docs/cli.md is out of date: run npm run docs').toBe(true)
})

test('docs/exit-codes.md has every exit code by name', () => {
  for (const [name, code] of Object.entries(exitCodes)) {
    expect(page('exit-codes.md')).toContain(`| ${code} | ${name} |`)
  }
})
