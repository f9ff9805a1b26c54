import type { LlamaContextSequence, Token } from 'node-llama-cpp'
import type { ModelHost } from './model-host.ts'
import type { CompletionRequest } from './request.ts'
import { makeStopGate, makeTokenText } from './token-text.ts'

/** How a generation went. `abort`: the client left. */
export interface GenerationEnd {
  readonly reason: 'stop' | 'length' | 'abort'
  /** Tokens handed to `onToken`; the model's end token is not one of them. */
  readonly tokens: number
  /** Text held back at the end that no token carried. */
  readonly rest: string
}

/** Prompts are computed in pieces of this many tokens, so that one whose client left does not go on for long. */
const promptPiece = 512

/**
 * Generates on a sequence that holds the first `cached` tokens of the prompt. `onToken` hears of every token at
 * once with the text it completes, '' when it completes none.
 */
export async function generate(
  host: ModelHost,
  sequence: LlamaContextSequence,
  prompt: readonly Token[],
  cached: number,
  request: Pick<CompletionRequest, 'temperature' | 'topP' | 'stop' | 'ignoreEos'> & {
    readonly maxTokens: number
    readonly seed: number
  },
  signal: AbortSignal,
  onToken: (text: string) => void,
): Promise<GenerationEnd> {
  const text = makeTokenText(host.detokenize)
  const gate = makeStopGate(request.stop)
  let tokens = 0
  const end = (reason: GenerationEnd['reason']): GenerationEnd => ({
    reason,
    tokens,
    rest: reason === 'stop' ? gate.push(text.flush()).text + gate.flush() : '',
  })
  let from = cached
  for (; prompt.length - from > promptPiece; from += promptPiece) {
    if (signal.aborted) return end('abort')
    await sequence.evaluateWithoutGeneratingNewTokens(prompt.slice(from, from + promptPiece))
  }
  if (signal.aborted) return end('abort')
  const steps = sequence.evaluate(prompt.slice(from), {
    temperature: request.temperature,
    topK: 0,
    minP: 0,
    topP: request.topP,
    seed: request.seed,
    // Ended by us, so that `ignore_eos` holds whatever the bias does.
    yieldEogToken: true,
    ...(request.ignoreEos ? { tokenBias: host.noEnd } : {}),
  })
  for await (const token of steps) {
    if (signal.aborted) return end('abort')
    if (!request.ignoreEos && host.isEnd(token)) return end('stop')
    tokens++
    const last = tokens === request.maxTokens
    const whole = text.push(token)
    const passed = gate.push(last ? whole + text.flush() : whole)
    onToken(last && !passed.stopped ? passed.text + gate.flush() : passed.text)
    if (passed.stopped) return { reason: 'stop', tokens, rest: '' }
    if (last) return end('length')
  }
  return end('stop')
}
