import { expect, test } from 'vitest'
import { Screen } from './screen.ts'
import type { Terminal } from './terminal.ts'

function makeDouble(columns = 80, rows = 24) {
  const size = { columns, rows }
  let written = ''
  let resized = () => {}
  const terminal: Terminal = {
    outColours: false,
    errColours: false,
    live: true,
    out() {},
    err(text) {
      written += text
    },
    size: () => size,
    onResize(listener) {
      resized = listener
      return () => {
        resized = () => {}
      }
    },
  }
  return {
    terminal,
    resize(to: number) {
      size.columns = to
      resized()
    },
    /** What was written since the last call, with ESC as ^. */
    take() {
      const text = written.replaceAll('\x1b', '^')
      written = ''
      return text
    },
  }
}

test('a frame writes only the lines that changed', () => {
  const { terminal, take } = makeDouble()
  const screen = new Screen(terminal)
  screen.draw(['one', 'two'])
  expect(take()).toBe('^[?25l\rone^[K\n\rtwo^[K\n')
  screen.draw(['one', 'TWO'])
  expect(take()).toBe('^[2A\n\rTWO^[K\n')
  screen.draw(['one'])
  expect(take()).toBe('^[2A\n^[J')
})

test('lines that stay are printed in place of the frame, which comes back below', () => {
  const { terminal, take } = makeDouble()
  const screen = new Screen(terminal)
  screen.draw(['one', 'two'])
  take()
  screen.print('notice')
  expect(take()).toBe('\r^[2A^[Jnotice\n')
  screen.draw(['one', 'two'])
  expect(take()).toBe('\rone^[K\n\rtwo^[K\n')
})

test('closing takes the frame away and gives the cursor back, once', () => {
  const { terminal, take } = makeDouble()
  const screen = new Screen(terminal)
  screen.draw(['one'])
  take()
  screen.close()
  screen.close()
  expect(take()).toBe('\r^[1A^[J^[?25h')
})

test('a narrower window broke lines anew: as many rows as they take now are cleared', () => {
  const { terminal, take, resize } = makeDouble(20)
  const screen = new Screen(terminal)
  screen.draw(['\x1b[32m0123456789\x1b[39m', '推論推論推', '01'])
  take()
  resize(5)
  expect(take()).toBe('\r^[5A^[J')
})

test('a frame higher than the window loses its last lines', () => {
  const { terminal, take } = makeDouble(80, 3)
  new Screen(terminal).draw(['one', 'two', 'three', 'four'])
  expect(take()).toBe('^[?25l\rone^[K\n\rtwo^[K\n')
})
