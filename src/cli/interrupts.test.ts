import { EventEmitter } from 'node:events'
import { expect, test } from 'vitest'
import { watchInterrupts } from './interrupts.ts'

function makeDouble(drainS?: number) {
  const log: string[] = []
  const events = new EventEmitter()
  const interrupts = watchInterrupts({
    signals: {
      on: (signal, listener) => events.on(signal, listener),
      off: (signal, listener) => events.off(signal, listener),
      exit: (code) => log.push(`exit ${code}`),
    },
    say: (message) => log.push(message),
    drainS: () => drainS,
  })
  const control = { stop: () => log.push('stop'), cancel: () => log.push('cancel') }
  return { log, interrupts, control, press: (signal = 'SIGINT') => events.emit(signal), events }
}

test('once stops, twice cancels, three times exits', () => {
  const { log, interrupts, control, press } = makeDouble(30)
  interrupts.follow(control)
  press()
  expect(log.splice(0)).toEqual([
    'stopping: waiting up to 30 s for requests in flight; press Ctrl-C again to cancel them',
    'stop',
  ])
  press()
  expect(log.splice(0)).toEqual([
    'cancelling requests in flight; press Ctrl-C again to exit without a report',
    'cancel',
  ])
  press()
  expect(log).toEqual(['exit 130'])
})

test('SIGTERM stops like the first Ctrl-C', () => {
  const { log, interrupts, control, press } = makeDouble(5)
  interrupts.follow(control)
  press('SIGTERM')
  expect(log).toContain('stop')
})

test('between runs it says so', () => {
  const { log, interrupts, control, press } = makeDouble()
  interrupts.follow(control)
  press()
  expect(log).toEqual(['stopping; press Ctrl-C twice more to exit at once', 'stop'])
})

test('before there is a study the process ends at once', () => {
  const { log, press } = makeDouble()
  press()
  expect(log).toEqual(['exit 130'])
})

test('closed, it listens no more', () => {
  const { interrupts, events } = makeDouble()
  interrupts.close()
  expect(events.listenerCount('SIGINT') + events.listenerCount('SIGTERM')).toBe(0)
})
