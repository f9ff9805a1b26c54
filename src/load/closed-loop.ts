import type { Dispatcher } from './dispatcher.ts'
import type { Pacer } from './pacer.ts'

/** What a slot asks for next: an index with its phase, or nothing more. */
export type NextRequest = () => { readonly index: number; readonly phase: number } | undefined

/** `slots` requests in flight: each reply frees its slot for the next request. Resolves when all slots are done. */
export async function runConcurrency(options: {
  readonly slots: number
  readonly next: NextRequest
  readonly dispatcher: Dispatcher
}): Promise<void> {
  const { slots, next, dispatcher } = options
  await Promise.all(Array.from({ length: slots }, () => repeat(next, dispatcher, undefined)))
}

/** One user after the other begins at its instant and sends its own requests, one at a time. */
export async function runUsers(options: {
  readonly users: readonly { readonly id: number; readonly startNs: number; readonly next: NextRequest }[]
  readonly dispatcher: Dispatcher
  readonly pacer: Pacer
}): Promise<void> {
  const { users, dispatcher, pacer } = options
  await Promise.all(
    users.map(async ({ id, startNs, next }) => {
      await new Promise<void>((begin) => {
        dispatcher.onStop(begin)
        pacer.at(startNs, begin)
      })
      await repeat(next, dispatcher, id)
    }),
  )
}

function repeat(next: NextRequest, dispatcher: Dispatcher, user: number | undefined): Promise<void> {
  return new Promise((resolve) => {
    const send = () => {
      const request = dispatcher.stopped ? undefined : next()
      if (request === undefined) resolve()
      else dispatcher.dispatch({ ...request, ...(user === undefined ? {} : { user }), ended: send })
    }
    send()
  })
}
