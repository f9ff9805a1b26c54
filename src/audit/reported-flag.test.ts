import { expect, test } from 'vitest'
import { AssayError } from '../model/errors.ts'
import { readReported } from './reported-flag.ts'

test('figures by hand, the last of a name counts', () => {
  expect(readReported(['ttft_p50=12.3', 'requests_per_second=1e2', 'ttft_p50=13'])).toEqual({
    ttftP50Ms: 13,
    requestsPerSecond: 100,
  })
  expect(readReported([])).toEqual({})
})

test.each([
  ['ttft_p5=1', 'there is no figure "ttft_p5"', 'Did you mean ttft_p50?'],
  ['latency=1', 'there is no figure "latency"', 'Figures: ttft_p50, ttft_p99'],
  ['ttft_p50', '"" is no number', 'ttft_p50=12.3, in ms'],
  ['ttft_p50=', '"" is no number', 'ttft_p50=12.3, in ms'],
  ['requests=many', '"many" is no number', 'in requests'],
  ['ttft_p50=1=2', '"1" is no number', 'in ms'],
])('%s is a mistake', (text, message, hint) => {
  const read = () => readReported([text])
  expect(read).toThrow(AssayError)
  expect(read).toThrow(message)
  try {
    read()
  } catch (error) {
    expect((error as AssayError).hint).toContain(hint)
  }
})
