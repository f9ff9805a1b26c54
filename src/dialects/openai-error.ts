import { excerpt } from './payload.ts'

interface Said {
  readonly error?: unknown
  readonly object?: unknown
  readonly message?: unknown
  readonly detail?: unknown
}

/** The error that a chunk or body states, in any of the shapes OpenAI-like servers use. */
export function errorIn({ error, object, message }: Said): string | undefined {
  if (typeof error === 'string') return error
  if (error !== null && typeof error === 'object') {
    const inner = (error as { message?: unknown }).message
    return typeof inner === 'string' ? inner : excerpt(JSON.stringify(error))
  }
  if (object === 'error') return typeof message === 'string' ? message : 'unnamed error'
  return undefined
}

/** The sentence inside an error body, or the body's beginning. */
export function openAiErrorMessage(body: string): string {
  try {
    let parsed: unknown = JSON.parse(body)
    // MLC-LLM sends its errors encoded twice.
    if (typeof parsed === 'string') parsed = JSON.parse(parsed)
    if (parsed !== null && typeof parsed === 'object') {
      const said = parsed as Said
      const message = errorIn(said) ?? said.message ?? said.detail
      if (message !== undefined)
        return typeof message === 'string' ? message : excerpt(JSON.stringify(message))
    }
  } catch {
    // Not JSON: show it as it is.
  }
  return excerpt(body)
}
