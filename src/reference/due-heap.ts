/** A binary heap of due instants (ns) and what is due then; equal instants come out in no stated order. */
export class DueHeap<Item> {
  readonly #dues: number[] = []
  readonly #items: Item[] = []

  get size(): number {
    return this.#dues.length
  }

  /** The earliest due instant, or undefined when nothing is due. */
  get nextNs(): number | undefined {
    return this.#dues[0]
  }

  push(dueNs: number, item: Item): void {
    const dues = this.#dues
    const items = this.#items
    let at = dues.length
    dues.push(dueNs)
    items.push(item)
    while (at > 0) {
      const parent = (at - 1) >> 1
      const parentDue = dues[parent] as number
      if (parentDue <= dueNs) break
      dues[at] = parentDue
      items[at] = items[parent] as Item
      at = parent
    }
    dues[at] = dueNs
    items[at] = item
  }

  /** Takes out an item whose instant is the earliest. */
  pop(): Item | undefined {
    const dues = this.#dues
    const items = this.#items
    const first = items[0]
    const dueNs = dues.pop()
    const item = items.pop()
    const size = dues.length
    if (dueNs === undefined || item === undefined || size === 0) return first
    let at = 0
    for (let child = 1; child < size; child = 2 * at + 1) {
      const right = child + 1
      if (right < size && (dues[right] as number) < (dues[child] as number)) child = right
      const childDue = dues[child] as number
      if (childDue >= dueNs) break
      dues[at] = childDue
      items[at] = items[child] as Item
      at = child
    }
    dues[at] = dueNs
    items[at] = item
    return first
  }

  clear(): void {
    this.#dues.length = 0
    this.#items.length = 0
  }
}
