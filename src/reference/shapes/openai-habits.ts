/** When a server states usage, beside what. */
export type When = 'asked' | 'always' | 'never'

/** In what servers of OpenAI's chunks differ. Texts stand in JSON as they are here. */
export interface OpenAiHabits {
  /** Before the JSON of an event, and after it. */
  readonly data: string
  /** Before the id of a reply; absent: the id is empty. */
  readonly idPrefix: { readonly chat?: string; readonly completions?: string }
  /** Further fields of every frame, such as `"system_fingerprint":"b0",`. */
  readonly frameFields: string
  /** Of a choice that goes on and of one that ends: what stands between its finish reason and its end. */
  readonly choiceFields: { readonly chat: string; readonly completions: string; readonly end: string }
  /** Of a choice: before its delta or text. */
  readonly beforeDelta: string
  /**
   * Chat's role: a frame of its own with the first token, or as soon as the request is there; in every delta; or nowhere.
   */
  readonly role: 'with-first' | 'at-once' | 'in-each' | 'nowhere'
  /** The content of a role frame: empty, or none yet. */
  readonly roleContent: '""' | 'null'
  /** After the JSON of the frame with the role. */
  readonly afterRole: string
  readonly finishesApart: boolean
  /** What stands in a chat's frame with the end alone. */
  readonly endDelta: '{}' | '{"content":""}' | '{"role":"assistant","content":""}'
  /** Usage in the frame that ends an answer, of that answer. */
  readonly usageAtFinish: { readonly chat: When; readonly completions: When }
  /** Usage in a frame of its own, of all answers. */
  readonly usageFrame: { readonly chat: When; readonly completions: When }
  /** Usage says that no token came from a cache. */
  readonly cachedTokens: boolean
  /** llama.cpp's own times, beside usage or in its place. */
  readonly timings: boolean
  readonly done: boolean
  /** Opens every stream. */
  readonly opening: string
  /** Opens a stream of several prompts. */
  readonly listOpening: string
  /** Several prompts are answered one after the other, all with index 0. */
  readonly inTurn: boolean
  readonly streamType: string
  /** An event that tells of a failure, and whether `[DONE]` follows it. */
  readonly failure: (message: string) => string
  readonly doneAfterFailure: boolean
  readonly errorBody: (status: number, type: string, message: string) => string
  readonly statuses?: Readonly<Record<number, number>>
}

export function openAiError(status: number, type: string, message: string): string {
  return JSON.stringify({ error: { message, type, param: null, code: status } })
}

/** As vLLM does it. */
export const vllmHabits: OpenAiHabits = {
  data: 'data: ',
  idPrefix: { chat: 'chatcmpl-', completions: 'cmpl-' },
  frameFields: '',
  choiceFields: {
    chat: ',"token_ids":null',
    completions: ',"stop_reason":null,"token_ids":null',
    end: ',"stop_reason":null,"token_ids":null',
  },
  beforeDelta: '',
  role: 'with-first',
  roleContent: '""',
  afterRole: '',
  finishesApart: false,
  endDelta: '{"content":""}',
  usageAtFinish: { chat: 'never', completions: 'never' },
  usageFrame: { chat: 'asked', completions: 'asked' },
  cachedTokens: false,
  timings: false,
  done: true,
  opening: '',
  listOpening: '',
  inTurn: false,
  streamType: 'text/event-stream; charset=utf-8',
  failure: (message) => openAiError(500, 'InternalServerError', message),
  doneAfterFailure: true,
  errorBody: openAiError,
}
