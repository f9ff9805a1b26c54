/** What a generation request asks for, as far as this server cares. */
export interface Asked {
  readonly model: string
  readonly stream: boolean
  /** Of each answer. */
  readonly outputTokens: number
  readonly prompts: readonly AskedPrompt[]
  /** The prompts came as a list, which some servers answer with a list. */
  readonly listed: boolean
  /** Answers to each prompt. */
  readonly n: number
  readonly includeUsage: boolean
  /** Token ids are wanted beside the text, or instead of it. */
  readonly tokenIds: boolean
  /** Frames that tell how much of the prompt is read. */
  readonly progress: boolean
}

export interface AskedPrompt {
  /** Words of a text (separated by white space), or ids of a list. */
  readonly tokens: number
  /** Empty for ids. */
  readonly text: string
}

/** What a reply says of itself, and what its times are. */
export interface Identity {
  readonly id: string
  readonly model: string
  /** Unix time, s. */
  readonly created: number
  /** From the request's arrival to the first event and to the last one, as they are due; not to be asked for often. */
  readonly firstNs: number
  readonly lastNs: number
}

/** Tokens [first, first + count) of one answer, in one frame. */
export interface Spoken {
  /** Position among all answers of the request: prompt × n + choice. */
  readonly answer: number
  readonly first: number
  readonly count: number
  /** No frame of another answer belongs to the same step. */
  readonly alone: boolean
  /** Present on the answer's last frame with tokens, unless its end comes in a frame of its own. */
  readonly finish?: Finish
}

/** How an answer ended. */
export interface Finish {
  readonly reason: 'length' | 'stop'
  readonly tokens: number
  /** Output tokens as the server counts them; absent when it does not say. */
  readonly counted?: number
}

/** A whole reply ended. */
export interface Ending {
  /** Output tokens of all answers as the server counts them; absent when it does not say. */
  readonly counted?: number
  /** An end marker is sent where there is one. */
  readonly done: boolean
}

/** A frame whose text alone differs from its neighbours: rendered in two pieces, of which one is made once. */
export interface PlainFrames {
  readonly beforeText: Buffer
  /** Everything from the text of this token on. */
  tail(token: number): Buffer
}

/** The frames of one streamed reply. Asked for in order, each once. */
export interface Frames {
  /** For frames with one token of a lone answer that goes on; absent where these differ in more than their text. */
  readonly plain?: PlainFrames | undefined
  /** Before the first token, in its write, or with the head. */
  opening(): readonly Buffer[]
  /** May be empty when the frame comes with a later answer's. */
  text(spoken: Spoken): Buffer
  /** A frame that ends an answer and has no token. */
  finish(answer: number, finish: Finish): Buffer
  ending(ending: Ending): readonly Buffer[]
  /** What a stream that has begun ends with when the server fails; absent: its connection is closed. */
  failure(message: string): readonly Buffer[] | undefined
}

/** One answer of a reply that is not streamed. */
export interface WholeAnswer {
  readonly text: string
  readonly finish: Finish
}

/** One wire protocol, as a server speaks it: what bodies ask for, and the bytes of replies. */
export interface Shape {
  readonly name: string
  /** Content-Type of a stream. */
  readonly streamType: string
  /** Means nothing; sent while there is nothing to say. */
  readonly keepAlive: string
  /** The answer's end comes in a frame of its own. */
  readonly finishesApart: boolean
  /** Whether the opening goes out with the head, before the first token is due. */
  readonly opensAtOnce: boolean
  /** The prompts are answered one after the other. */
  readonly inTurn: boolean
  /** Reads a body; a sentence when it cannot be answered. */
  ask(fields: Fields, absent: Absent): Asked | string
  frames(asked: Asked, identity: Identity): Frames
  /** The body of a reply that is not streamed. */
  whole(asked: Asked, identity: Identity, answers: readonly WholeAnswer[]): string
  /** The body of a refusal. */
  error(status: number, type: string, message: string): string
  /** What a status is to the clients of this protocol, where that differs: `{ 400: 422 }`. */
  readonly statuses?: Readonly<Record<number, number>>
  /** Status of a body that cannot be answered, by the sentence that says why; absent: 400. */
  statusOf?(message: string): number
}

export type Fields = Readonly<Record<string, unknown>>

/** What stands for what a body leaves out. */
export interface Absent {
  readonly model: string
  /** Of the request, without prefixes. */
  readonly path: string
  readonly outputTokens: number
}

export const eventStream = 'text/event-stream; charset=utf-8'
export const comment = ': still here\n\n'

/** Everything that shapes rarely say. */
export const usual = {
  streamType: eventStream,
  keepAlive: comment,
  finishesApart: false,
  opensAtOnce: false,
  inTurn: false,
} as const

export function promptTokens({ prompts }: Asked): number {
  return prompts.reduce((sum, prompt) => sum + prompt.tokens, 0)
}

export function answersTo({ prompts, n }: Asked): number {
  return prompts.length * n
}
