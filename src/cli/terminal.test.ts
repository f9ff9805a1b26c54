import { describe, expect, test } from 'vitest'
import { makeTerminal } from './terminal.ts'

const stream = (isTTY: boolean) => ({ isTTY, write: () => true })
const tty = stream(true)
const pipe = stream(false)

describe('colours and redrawing', () => {
  test.each<[what: string, out: typeof tty, err: typeof tty, env: Record<string, string>, seen: boolean[]]>([
    ['on a terminal', tty, tty, {}, [true, true, true]],
    ['into pipes', pipe, pipe, {}, [false, false, false]],
    ['stdout into a file', pipe, tty, {}, [false, true, true]],
    ['NO_COLOR', tty, tty, { NO_COLOR: '1' }, [false, false, true]],
    ['NO_COLOR that is empty', tty, tty, { NO_COLOR: '' }, [true, true, true]],
    ['FORCE_COLOR', pipe, pipe, { FORCE_COLOR: '1' }, [true, true, false]],
    ['FORCE_COLOR=0', tty, tty, { FORCE_COLOR: '0' }, [false, false, true]],
    ['NO_COLOR beats FORCE_COLOR', tty, tty, { NO_COLOR: '1', FORCE_COLOR: '1' }, [false, false, true]],
    ['CI', tty, tty, { CI: 'true' }, [true, true, false]],
    ['CI=false', tty, tty, { CI: 'false' }, [true, true, true]],
    ['a dumb terminal', tty, tty, { TERM: 'dumb' }, [false, false, false]],
  ])('%s', (_, out, err, env, seen) => {
    const { outColours, errColours, live } = makeTerminal(out, err, env)
    expect([outColours, errColours, live]).toEqual(seen)
  })
})

test('a terminal that does not know its size has 80 × 24', () => {
  expect(makeTerminal(tty, { ...tty, columns: 0, rows: 0 }, {}).size()).toEqual({ columns: 80, rows: 24 })
  expect(makeTerminal(tty, { ...tty, columns: 60, rows: 9 }, {}).size()).toEqual({ columns: 60, rows: 9 })
})
