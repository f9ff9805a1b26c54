import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { dialects } from '../dialects/index.ts'
import { engines } from '../engines/index.ts'
import { dialectNames } from '../model/dialect.ts'
import { jsonSchema, loadStudy, parseStudy, specMarkdown } from './index.ts'
import { studySchema } from './schema.ts'
import { exampleAt, keysAt, nodesAt, type Path } from './schema-nodes.ts'
import { fileWords } from './words.ts'

test('docs/spec.md is current: run "npm run docs"', () => {
  const page = readFileSync(new URL('../../docs/spec.md', import.meta.url), 'utf8')
  expect(page).toBe(specMarkdown())
})

test('the complete example is a study', () => {
  const yaml = /```yaml\n([\s\S]*?)```/.exec(specMarkdown())?.[1] ?? ''
  const { study } = parseStudy(yaml, { file: 'study.yaml', env: { NEW_SERVER_KEY: 'hush' } })
  expect(study.loads.map(({ name }) => name)).toEqual(['c8', 'crowd', 'poisson-4', 'burst-100'])
  expect(study.limits).toEqual({ maxTokensTotal: 1_000_000, abortOnErrors: 0.2 })
})

const examples = new URL('../../examples/', import.meta.url)
test.each(
  readdirSync(examples).filter((name) => name.endsWith('.yaml')),
)('example %s is a study', async (name) => {
  const { study } = await loadStudy(new URL(name, examples).pathname, { env: {} })
  expect(study.targets.length).toBeGreaterThan(1)
})

test('the JSON Schema is of draft 2020-12, with defaults and descriptions', () => {
  expect(jsonSchema()).toMatchObject({
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    required: ['targets'],
    additionalProperties: false,
    properties: { seed: { default: 1, description: 'Seed of every random choice.', examples: [7] } },
  })
})

const places: Path[] = [[], ['targets', 0], ['workloads', 0], ['loads', 0], ['loads', 0, 'warmup']]
const keys = places.flatMap((place) => keysAt(place).map((key): Path => [...place, key]))
test.each(
  keys.map((path) => [fileWords.value(path), path] as const),
)('%s has a meaning, and an example that the schema accepts', (_, path) => {
  expect(nodesAt(path).some(({ description }) => description !== undefined)).toBe(true)
  const line = fileWords.example(path, exampleAt(path)) ?? ''
  const value: unknown = (parse(line) as Record<string, unknown>)[String(path.at(-1))]
  expect(value).toEqual(exampleAt(path))
  const entry = [...path]
    .reverse()
    .reduce<unknown>((inner, key) => (key === 0 ? [inner] : { [key]: inner }), value)
  const study = { targets: [{ url: 'h' }], ...(entry as object) }
  expect(studySchema.safeParse(study).error?.issues).toBeUndefined()
})

test('dialects and engines are those of their tables', () => {
  expect([...dialectNames]).toEqual(Object.keys(dialects))
  expect(nodesAt(['targets', 0, 'engine'])[0]?.enum).toEqual(Object.keys(engines))
})
