import picocolors from 'picocolors'
import { describe, expect, test } from 'vitest'
import type { Progress } from '../model/progress.ts'
import { columnsOf } from '../report/terminal-text.ts'
import { type RunningView, renderFrame } from './progress-frame.ts'

const measuring: Progress = {
  stage: 'measure',
  elapsedS: 12,
  measuredS: 10,
  durationS: 40,
  sent: 120,
  inFlight: 8,
  completed: 112,
  failed: 0,
  cancelled: 0,
  dropped: 0,
  requestsPerSecond: 11.26,
  outputTokensPerSecond: 1432.4,
  ttftMs: 45.21,
  itlMs: 9.876,
}

function view(progress: Partial<Progress> = {}, rest: Partial<RunningView> = {}): RunningView {
  return {
    position: 2,
    total: 12,
    name: 'vllm / chat / c8',
    drainS: 30,
    progress: { ...measuring, ...progress },
    tokensPerSecond: [0, 500, 1000, undefined, 1432.4],
    ...rest,
  }
}

test('a frame of a measuring run', () => {
  expect(renderFrame(view(), 80)).toEqual([
    'run 2/12  vllm / chat / c8',
    'measure   ███████░░░░░░░░░░░░░░░░░░░░░░    25 %   0:12 elapsed   about 0:30 left',
    'sent 120   in flight 8   done 112   failed 0',
    'now   11.3 req/s   1,432 tok/s   TTFT 45.2 ms   ITL 9.88 ms',
    'tok/s   ▁▃▆ █   peak 1,432',
  ])
})

test('what happens rarely shows once it happens', () => {
  const frame = renderFrame(view({ failed: 3, cancelled: 2, dropped: 1500 }), 80)
  expect(frame[2]).toBe('sent 120   in flight 8   done 112   failed 3   cancelled 2   dropped 1,500')
})

test('what is not known is a dash, and without an end there is no bar', () => {
  const { stage, elapsedS, sent, inFlight, completed, failed, cancelled, dropped } = measuring
  const progress = { stage, elapsedS, sent, inFlight, completed, failed, cancelled, dropped }
  expect(renderFrame({ ...view(), progress, tokensPerSecond: [] }, 80)).toEqual([
    'run 2/12  vllm / chat / c8',
    'measure   0:12 elapsed',
    'sent 120   in flight 8   done 112   failed 0',
    'now   – req/s   – tok/s   TTFT –   ITL –',
  ])
})

test('the drain says what it waits for', () => {
  expect(renderFrame(view({ stage: 'drain' }), 80)[1]).toBe(
    'drain     0:12 elapsed   waiting for 8 in flight, 30 s at most',
  )
})

test('narrow terminals get more lines, not longer ones', () => {
  expect(renderFrame(view({ dropped: 12 }), 40)).toEqual([
    'run 2/12  vllm / chat / c8',
    'measure    25 %   0:12 elapsed',
    'about 0:30 left',
    'sent 120   in flight 8   done 112',
    'failed 0   dropped 12',
    'now   11.3 req/s   1,432 tok/s',
    'TTFT 45.2 ms   ITL 9.88 ms',
    'tok/s   ▁▃▆ █   peak 1,432',
  ])
})

describe('no line is wider than the terminal', () => {
  const long = Array.from({ length: 300 }, (_, i) => i)
  const widths = [1, 5, 10, 20, 39, 60, 80, 200]
  test.each([
    ['a short name', 'vllm / chat / c8'],
    ['wide characters', '推論エンジン比較用サーバー / ワークロード / 負荷'],
    ['one long word', 'a'.repeat(300)],
    ['emoji', '🙂'.repeat(90)],
  ])('%s', (_, name) => {
    for (const width of widths) {
      for (const stage of ['warmup', 'measure', 'drain'] as const) {
        for (const line of renderFrame(view({ stage }, { name, tokensPerSecond: long }), width)) {
          expect(columnsOf(line)).toBeLessThanOrEqual(width)
        }
      }
    }
  })
})

test('colours change no character', () => {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colour codes are what is taken away.
  const codes = /\x1b\[[\d;]*m/g
  const coloured = renderFrame(view({ failed: 1 }), 60, picocolors.createColors(true))
  expect(coloured.join('')).toMatch(codes)
  expect(coloured.map((line) => line.replace(codes, ''))).toEqual(renderFrame(view({ failed: 1 }), 60))
})
