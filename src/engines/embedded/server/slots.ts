/** A fixed number of places for requests, and a line in front of them, first come first served. */
export interface Slots<T> {
  readonly running: number
  readonly waiting: number
  /** Takes a place as soon as one is free; undefined when the signal fires first. */
  acquire(prefer: (free: readonly T[]) => T | undefined, signal: AbortSignal): Promise<T | undefined>
  release(place: T): void
}

interface Waiter<T> {
  prefer(free: readonly T[]): T | undefined
  take(place: T): void
}

/** Slots over these places. `prefer` picks among several free ones; undefined means the first. */
export function makeSlots<T>(places: readonly T[]): Slots<T> {
  const free = [...places]
  // A set keeps the order of arrival and removes from the middle at no cost.
  const line = new Set<Waiter<T>>()
  const pick = (waiter: Pick<Waiter<T>, 'prefer'>): T | undefined => {
    const place = waiter.prefer(free) ?? free[0]
    if (place !== undefined) free.splice(free.indexOf(place), 1)
    return place
  }
  return {
    get running() {
      return places.length - free.length
    },
    get waiting() {
      return line.size
    },
    acquire(prefer, signal) {
      if (signal.aborted) return Promise.resolve(undefined)
      if (line.size === 0 && free.length > 0) return Promise.resolve(pick({ prefer }))
      return new Promise((resolve) => {
        const leave = () => {
          line.delete(waiter)
          resolve(undefined)
        }
        const waiter: Waiter<T> = {
          prefer,
          take(place) {
            signal.removeEventListener('abort', leave)
            resolve(place)
          },
        }
        signal.addEventListener('abort', leave, { once: true })
        line.add(waiter)
      })
    },
    release(place) {
      free.push(place)
      const [next] = line
      if (next === undefined) return
      line.delete(next)
      const taken = pick(next)
      if (taken !== undefined) next.take(taken)
    },
  }
}
