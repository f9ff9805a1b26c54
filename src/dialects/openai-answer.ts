import { eventFlags } from '../model/record.ts'
import type { Part } from './openai-chunk.ts'
import { TextTemplate, textKeys } from './text-template.ts'

const keys = textKeys('content', 'text', 'reasoning_content', 'reasoning')
/** Answers that have a template of their own. */
const maxTemplates = 1024

/** One of the answers in a reply. */
export class Answer {
  readonly index: number
  readonly template = new TextTemplate()
  seen = false
  finished = false
  /** Whether a frame of this answer stated usage. */
  usageSeen = false
  /** Output tokens stated with the last event; unknown for good once an event came without. */
  stated: number | undefined = 0

  constructor(index: number) {
    this.index = index
  }

  reset(): void {
    this.template.reset()
    this.seen = false
    this.finished = false
    this.usageSeen = false
    this.stated = 0
  }

  /** Tokens since the last event, where every frame of the answer states how many there are by now. */
  newTokens(stated: number | undefined): number | undefined {
    if (stated === undefined || this.stated === undefined || stated < this.stated) return undefined
    return stated - this.stated
  }

  /** Makes a template of an event that says nothing but `part`. */
  learn(source: Uint8Array, [flags, text]: Part): void {
    if (flags === eventFlags.tool || this.index >= maxTemplates) return
    this.template.learn(source, keys, flags, text)
  }
}
