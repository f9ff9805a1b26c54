import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { replayTiming } from './replay.ts'
import type { Timeline } from './timing-model.ts'

const folder = mkdtempSync(join(tmpdir(), 'assay-replay-'))
afterAll(() => rmSync(folder, { recursive: true }))

let files = 0
function fileOf(...lines: readonly string[]): string {
  const file = join(folder, `${files++}.ndjson`)
  writeFileSync(file, lines.join('\n'))
  return file
}
const model = (...lines: readonly string[]) => replayTiming({ kind: 'replay', file: fileOf(...lines) })
const from = (requestId: string | undefined) => ({ requestId, connection: 0, position: 0 })
/** Event instants in us and tokens. */
const story = ({ due, recorded }: Timeline) =>
  Array.from({ length: recorded?.events ?? 0 }, (_, event) => [
    due(event) / 1000,
    (recorded?.before(event + 1) ?? 0) - (recorded?.before(event) ?? 0),
  ])

const recording = [
  '{"index":0,"atUs":[12000,22000,22000],"tokens":[1,2,0]}',
  '{"index":3,"atUs":[0.6]}',
  '',
  '{"index":4,"atUs":[],"tokens":[]}\r',
  '',
]

test('the request with index i gets line i modulo their number, whatever the indexes of the lines', async () => {
  const timing = await model(...recording)
  const stories = ['run-0', 'run-1', 'run-2', 'run-3', 'other-7'].map((id) =>
    story(timing.timeline(from(id))),
  )
  const first = [
    [12_000, 1],
    [22_000, 2],
    [22_000, 0],
  ]
  expect(stories).toEqual([first, [[1, 1]], [], first, [[1, 1]]])
})

test('requests without an index are dealt lines in order of arrival, anew after a reset', async () => {
  const timing = await model(...recording)
  const deal = () => story(timing.timeline(from(undefined))).length
  expect([deal(), deal(), story(timing.timeline(from('a-0'))).length, deal(), deal()]).toEqual([
    3, 1, 3, 0, 3,
  ])
  timing.reset()
  expect(deal()).toBe(3)
})

test('beyond its end a reply goes on at its last instant with a token an event', async () => {
  const { due, recorded } = (await model(...recording)).timeline(from('a-0'))
  expect([due(9), recorded?.before(5)]).toEqual([22e6, 5])
})

test('many long lines are kept apart', async () => {
  const lines = Array.from({ length: 50 }, (_, index) =>
    JSON.stringify({ index, atUs: Array.from({ length: 1000 }, (_, k) => index * 1e6 + k) }),
  )
  const timing = await model(...lines)
  const played = story(timing.timeline(from('a-49')))
  expect([played.length, played[0], played[999]]).toEqual([1000, [49e6, 1], [49_000_999, 1]])
})

test.each([
  ['nothing', [''], 'has no lines'],
  ['no JSON', ['{"index":0,"atUs":[1]}', 'atUs'], ':2: this line is not JSON'],
  ['no object', ['7'], ':1: this line is no JSON object'],
  ['no index', ['{"atUs":[1]}'], ':1: index is undefined'],
  ['indexes that fall', ['{"index":1,"atUs":[]}', '{"index":1,"atUs":[]}'], ':2: index is 1'],
  ['no instants', ['{"index":0}'], ':1: atUs must be a list'],
  ['instants that fall', ['{"index":0,"atUs":[5,3]}'], 'atUs[1] is 3, before the event ahead of it (5)'],
  ['an instant below 0', ['{"index":0,"atUs":[-1]}'], 'atUs[0] is -1'],
  ['an instant that is too late', ['{"index":0,"atUs":[4294967296]}'], 'atUs[0] is 4294967296'],
  ['an instant that is a text', ['{"index":0,"atUs":["1"]}'], 'atUs[0] is "1"'],
  ['too few tokens', ['{"index":0,"atUs":[1,2],"tokens":[1]}'], 'tokens must be a list as long as atUs'],
  ['half a token', ['{"index":0,"atUs":[1],"tokens":[0.5]}'], 'tokens[0] is 0.5'],
])('a file with %s is refused with file and line', async (_, lines, words) => {
  await expect(model(...lines)).rejects.toMatchObject({
    code: 'reference-option',
    message: expect.stringContaining(words),
  })
})

test.each([['absent'], ['.']])('a file that cannot be read is refused: %s', async (name) => {
  const file = join(folder, name)
  await expect(replayTiming({ kind: 'replay', file })).rejects.toMatchObject({
    code: 'reference-option',
    message: expect.stringContaining(`The recording ${file} cannot be read`),
  })
})
