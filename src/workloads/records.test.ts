import { constants } from 'node:buffer'
import { once } from 'node:events'
import { createWriteStream, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { readRecords } from './records.ts'

const folder = mkdtempSync(join(tmpdir(), 'assay-records-'))
afterAll(() => rmSync(folder, { recursive: true }))
const path = join(folder, 'file.json')

async function read(content: string | Uint8Array) {
  writeFileSync(path, content)
  const found: (readonly [line: number, text: string])[] = []
  for await (const { line, text } of readRecords(path)) found.push([line, text])
  return found
}

describe('records', () => {
  test('are the lines of JSONL, with their numbers; blank ones are none', async () => {
    expect(await read('{"a": 1}\n\n  \n{"b": "]"}\r\n{"c": 3}')).toEqual([
      [1, '{"a": 1}'],
      [4, '{"b": "]"}\r'],
      [5, '{"c": 3}'],
    ])
  })

  test('are the elements of an array, wherever its brackets and commas stand', async () => {
    const array = '\uFEFF\n [ {"a": [1, {"b": "],{\\"\\\\"}]} ,\n\n"x,]", 3,null,[]\n]\n \n'
    expect((await read(array)).map(([line, text]) => [line, JSON.parse(text)])).toEqual([
      [2, { a: [1, { b: '],{"\\' }] }],
      [4, 'x,]'],
      [4, 3],
      [4, null],
      [4, []],
    ])
  })

  test('of nothing are none', async () => {
    expect(await read('')).toEqual([])
    expect(await read(' \n')).toEqual([])
    expect(await read('[]')).toEqual([])
    expect(await read('[ ]\n')).toEqual([])
  })

  test('of any array, written in any way, are its elements', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.jsonValue()),
        fc.constantFrom(undefined, 1, '\t'),
        async (values, space) => {
          const found = await read(JSON.stringify(values, undefined, space))
          expect(found.map(([, text]) => JSON.parse(text))).toEqual(JSON.parse(JSON.stringify(values)))
        },
      ),
      { numRuns: 60 },
    )
  })

  test.each([
    ['[{"a": 1}', /line 1: the list has no end/],
    ['[1]\n\n x', /line 3: something follows the end of the list/],
    [Buffer.from([0x7b, 0x7d, 0x0a, 0xff, 0x0a]), /line 2: it is not UTF-8/],
    [
      Buffer.concat([Buffer.from('[\n"a",\n"'), Buffer.from([0xc3, 0x28]), Buffer.from('"]')]),
      /line 3: it is not UTF-8/,
    ],
  ])('of %j are refused with the line', async (content, why) => {
    await expect(read(content)).rejects.toMatchObject({
      code: 'input-file',
      message: expect.stringMatching(why),
    })
  })

  test('that never end are refused before they fill the memory', async () => {
    const file = createWriteStream(path)
    file.write('["')
    const piece = 'x'.repeat(1024 * 1024)
    for (let i = 0; i < 66; i++) if (!file.write(piece)) await once(file, 'drain')
    file.end()
    await once(file, 'finish')
    const reading = (async () => {
      for await (const _ of readRecords(path)) throw new Error('there is no record')
    })()
    await expect(reading).rejects.toThrow(/line 1: a record is longer than 64 MiB/)
  })
})

test('an array above the longest string is read in little memory', async () => {
  const file = createWriteStream(path)
  const text = 'The quiet river crosses the valley. '.repeat(800)
  const records = 21_500
  for (let i = 0; i < records; i++) {
    const record = `${i === 0 ? '[' : ','}\n{"id": "${i}", "conversations": [{"from": "human", "value": "${text}"}]}`
    if (!file.write(record)) await once(file, 'drain')
  }
  file.end('\n]')
  await once(file, 'finish')
  expect(statSync(path).size).toBeGreaterThan(600e6)
  expect(statSync(path).size).toBeGreaterThan(constants.MAX_STRING_LENGTH)
  globalThis.gc?.()
  const before = process.memoryUsage().rss
  let most = before
  let count = 0
  for await (const { text: record } of readRecords(path)) {
    const { id } = JSON.parse(record) as { id: string }
    expect(Number(id)).toBe(count)
    count++
    if (count % 500 === 0) most = Math.max(most, process.memoryUsage().rss)
  }
  expect(count).toBe(records)
  expect(most - before).toBeLessThan(350e6)
})
