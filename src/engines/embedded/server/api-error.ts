/** A request the server refuses, in OpenAI's words. */
export class ApiError extends Error {
  readonly status: number
  /** `model_not_found`, `context_length_exceeded` …; null where OpenAI has none. */
  readonly code: string | null
  /** The body's field at fault. */
  readonly param: string | null

  constructor(status: number, message: string, options: { code?: string; param?: string } = {}) {
    super(message)
    this.name = 'ApiError'
    this.status = status
    this.code = options.code ?? null
    this.param = options.param ?? null
  }
}

/** The JSON body of an error, streamed or not. */
export function errorBody(error: ApiError): string {
  const { message, param, code } = error
  const type = error.status >= 500 ? 'server_error' : 'invalid_request_error'
  return JSON.stringify({ error: { message, type, param, code } })
}
