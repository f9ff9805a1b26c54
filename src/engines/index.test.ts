import { expect, test } from 'vitest'
import { engines, loadEngine } from './index.ts'

test('every engine of the table is named as its key and says what it is', async () => {
  for (const [name, load] of Object.entries(engines)) {
    const engine = await load()
    expect(engine.name).toBe(name)
    expect(engine.summary).not.toBe('')
  }
})

test('an unknown engine is refused with the known names', () => {
  expect(() => loadEngine('embeded')).toThrowError('There is no engine "embeded".')
  expect(() => loadEngine('toString')).toThrowError('There is no engine')
})
