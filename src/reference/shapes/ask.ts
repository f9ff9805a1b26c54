import type { Absent, Asked, AskedPrompt, Fields } from './shape.ts'

/** Replies are rendered in memory when they are not streamed. */
const maxOutputTokens = 1_000_000
/** What servers take at most in one request. */
const maxPrompts = 1024
const maxChoices = 128
/** Of one request: the log numbers them in 16 bits, and all of their tokens may be in memory at once. */
const maxAnswers = 65_535
const maxTokensOfAll = 4_000_000

/** What most bodies leave out. */
const plain = { listed: false, n: 1, includeUsage: false, tokenIds: false, progress: false } as const

/** How a shape reads its bodies: each piece a value, or a sentence when it cannot be answered. */
export interface Reading {
  readonly stream: boolean
  readonly prompts: readonly AskedPrompt[] | string
  readonly listed?: boolean
  /** The length that the body asks for, as it stands there, and what the field is called. */
  readonly length: unknown
  readonly lengthField: string
  readonly n?: unknown
  readonly includeUsage?: boolean
  readonly tokenIds?: boolean
  readonly progress?: boolean
}

/** Puts a reading together, and refuses what is out of bounds. */
export function asked(fields: Fields, absent: Absent, reading: Reading): Asked | string {
  const { model = absent.model } = fields
  const { prompts, length, lengthField, n, stream, ...rest } = reading
  if (typeof model !== 'string') return 'model must be a string.'
  const choices = n ?? 1
  if (!isWhole(choices, 1, maxChoices)) return `n must be 1 to ${maxChoices}.`
  const outputTokens = length ?? absent.outputTokens
  if (typeof outputTokens !== 'number' || !Number.isInteger(outputTokens)) {
    return `${lengthField} must be an integer.`
  }
  if (!isWhole(outputTokens, 1, maxOutputTokens)) return `${lengthField} must be 1 to ${maxOutputTokens}.`
  if (typeof prompts === 'string') return prompts
  if (prompts.length > maxPrompts) return `One request takes at most ${maxPrompts} prompts.`
  const answers = prompts.length * choices
  if (answers > maxAnswers) return `One request takes at most ${maxAnswers} answers.`
  if (answers * outputTokens > maxTokensOfAll) {
    return `One request takes at most ${maxTokensOfAll} output tokens.`
  }
  return { ...plain, ...rest, model, stream, outputTokens, prompts, n: choices }
}

function isWhole(value: unknown, least: number, most: number): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most
}

/** The object under a key, empty when there is none. */
export function fieldsIn(fields: Fields, key: string): Fields {
  const value = fields[key]
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as Fields) : {}
}

/** One prompt of text. */
export function oneText(value: unknown, field: string): readonly AskedPrompt[] | string {
  return typeof value === 'string' ? [textPrompt(value)] : `${field} must be a text.`
}

/** One prompt of text or of token ids. */
export function onePrompt(value: unknown, field: string): readonly AskedPrompt[] | string {
  if (isIds(value) && value.length > 0) return [{ tokens: value.length, text: '' }]
  return typeof value === 'string' ? [textPrompt(value)] : `${field} must be a text or a list of token ids.`
}

/** One prompt or several, each of text or of token ids. */
export function prompts(value: unknown, field: string): readonly AskedPrompt[] | string {
  if (!isList(value)) return onePrompt(value, field)
  const all: AskedPrompt[] = []
  for (const entry of value) {
    const one = onePrompt(entry, field)
    if (typeof one === 'string') return one
    all.push(...one)
  }
  return all
}

/** Whether a prompt is a list of prompts. */
export function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value) && value.length > 0 && typeof value[0] !== 'number'
}

function isIds(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((id) => typeof id === 'number')
}

/** A conversation as one prompt: the words of all its messages, parts included. */
export function conversation(
  messages: unknown,
  before: unknown = undefined,
): readonly AskedPrompt[] | string {
  if (!Array.isArray(messages) || messages.length === 0) return 'messages must be a list of messages.'
  let tokens = wordsIn(before)
  for (const message of messages as unknown[]) tokens += wordsIn((message as Fields | null)?.content)
  return [{ tokens, text: '' }]
}

function wordsIn(content: unknown): number {
  const parts = Array.isArray(content) ? (content as unknown[]) : [{ text: content }]
  let tokens = 0
  for (const part of parts) {
    const { text } = (part ?? {}) as { text?: unknown }
    if (typeof text === 'string') tokens += wordCount(text)
  }
  return tokens
}

function textPrompt(text: string): AskedPrompt {
  return { tokens: wordCount(text), text }
}

/** Runs of characters that are not ASCII white space. */
function wordCount(text: string): number {
  let count = 0
  let inside = false
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    const blank = code === 32 || (code >= 9 && code <= 13)
    if (!blank && !inside) count++
    inside = !blank
  }
  return count
}
