import { availableParallelism } from 'node:os'
import type {
  BuiltInChatWrapperType,
  ChatHistoryItem,
  Llama,
  LlamaContextSequence,
  LlamaModel,
  Token,
  TokenBias,
} from 'node-llama-cpp'
import { AssayError, exitCodes, messageOf } from '../../../model/errors.ts'
import type { LlamaModule } from '../llama.ts'
import type { ModelFile } from '../models.ts'
import type { EmbeddedOptions } from '../options.ts'
import type { Message } from './request.ts'

/** A loaded model with its sequences: everything the server needs of llama.cpp. */
export interface ModelHost {
  readonly name: string
  readonly sequences: readonly LlamaContextSequence[]
  /** Prompt and output tokens of one request together. */
  readonly contextTokens: number
  readonly vocabulary: number
  /** For `ignore_eos`: the model's end tokens become impossible. */
  readonly noEnd: TokenBias
  tokenizeText(text: string): Token[]
  tokenizeChat(messages: readonly Message[]): Token[]
  detokenize(tokens: readonly number[], before: readonly number[]): string
  isEnd(token: Token): boolean
  readonly engineInfo: Readonly<Record<string, string | number | boolean>>
}

const bigramContextTokens = 4096
const otherContextTokens = 2048

/** Loads the model on the CPU and makes the sequences. Throws `model-load` and `embedded-no-binary`. */
export async function loadModelHost(
  llama: LlamaModule,
  file: ModelFile,
  options: EmbeddedOptions,
  log: (line: string) => void,
): Promise<ModelHost> {
  const engine = await openEngine(llama, log)
  const bigram = options.model.kind === 'bigram'
  const threads = options.threads ?? (bigram ? 1 : spareCores(engine.cpuMathCores))
  try {
    const model = await engine.loadModel({ modelPath: file.path })
    const wanted = options.contextTokens ?? (bigram ? bigramContextTokens : otherContextTokens)
    const contextTokens = Math.min(wanted, model.trainContextSize)
    const { sequences } = options
    const context = await model.createContext({ sequences, contextSize: contextTokens, threads })
    const wrapper = chatWrapper(llama, model, options)
    return {
      name: file.name,
      sequences: Array.from({ length: sequences }, () => context.getSequence()),
      contextTokens,
      vocabulary: model.fileInfo.metadata.tokenizer.ggml.tokens.length,
      noEnd: endBias(llama, model),
      tokenizeText(text) {
        const tokens = model.tokenize(text, true)
        const { bos, shouldPrependBosToken } = model.tokens
        // The model needs something to continue.
        const begin = shouldPrependBosToken || tokens.length === 0
        return begin && bos !== null && tokens[0] !== bos ? [bos, ...tokens] : tokens
      },
      tokenizeChat(messages) {
        // The empty reply at the end makes the template open the assistant's turn.
        const chatHistory = [...messages.map(historyItem), { type: 'model' as const, response: [] }]
        return wrapper.generateContextState({ chatHistory }).contextText.tokenize(model.tokenizer)
      },
      detokenize: (tokens, before) => model.detokenize(tokens as Token[], false, before as Token[]),
      isEnd: (token) => model.isEogToken(token),
      engineInfo: {
        engine: 'llama.cpp embedded',
        version: await llama.getModuleVersion(),
        llamaCpp: engine.llamaCppRelease.release,
        model: file.name,
        modelOrigin: file.origin,
        modelBytes: file.bytes,
        ...(file.sha256 === undefined ? {} : { modelSha256: file.sha256 }),
        modelType: model.typeDescription,
        sequences,
        threads,
        contextTokens,
        batchTokens: context.batchSize,
        prefixCache: options.prefixCache,
      },
    }
  } catch (cause) {
    throw new AssayError('model-load', `llama.cpp cannot load ${file.path}: ${messageOf(cause)}`, {
      hint: 'Check that the file is a whole GGUF model; with too little memory, lower "sequences" or "contextTokens".',
      exitCode: exitCodes.target,
      cause,
    })
  }
}

async function openEngine(llama: LlamaModule, log: (line: string) => void): Promise<Llama> {
  try {
    return await llama.getLlama({
      gpu: false,
      build: 'never',
      skipDownload: true,
      // No limit: the context then uses exactly the threads it is told.
      maxThreads: 0,
      logLevel: llama.LlamaLogLevel.warn,
      logger: (level, message) => log(`llama.cpp ${level}: ${message.trimEnd()}`),
    })
  } catch (cause) {
    if (!(cause instanceof llama.NoBinaryFoundError)) throw cause
    throw new AssayError(
      'embedded-no-binary',
      'node-llama-cpp is installed without the native code for this machine.',
      {
        hint: `Install its package for ${process.platform} on ${process.arch}, or remove node-llama-cpp and run: assay engines setup embedded`,
        exitCode: exitCodes.target,
        cause,
      },
    )
  }
}

/**
 * All physical cores but one. llama.cpp's threads spin at barriers, so one that has to share its core holds up all
 * others: with 2 threads on a busy host of 2 cores, a 160 M model made 5 to 14 tokens/s, with 1 thread 49 to 94.
 * The generated model takes 1 thread for another reason: threads start anew for every step, and its steps are short.
 */
function spareCores(physicalCores: number): number {
  return Math.max(1, Math.min(physicalCores, availableParallelism()) - 1)
}

/** Finding out what a stranger's template wants takes half a second; our own are known to be plain. */
function chatWrapper(
  llama: LlamaModule,
  model: LlamaModel,
  options: EmbeddedOptions,
): Pick<BuiltInChatWrapperType, 'generateContextState'> {
  const template = model.fileInfo.metadata.tokenizer.chat_template
  if (options.model.kind === 'file' || template === undefined) return llama.resolveChatWrapper(model)
  return new llama.JinjaTemplateChatWrapper({
    template,
    functionCallMessageTemplate: 'noJinja',
    convertUnsupportedSystemMessagesToUserMessages: false,
  })
}

/**
 * A bias that forbids the end tokens. The class's own `set` passes over end tokens on purpose, so its map is
 * filled directly; were it to move, end tokens would only be generated and passed over, and lengths stay exact.
 */
function endBias(llama: LlamaModule, model: LlamaModel): TokenBias {
  const bias = llama.TokenBias.for(model)
  const biases: unknown = Reflect.get(bias, '_biases')
  if (biases instanceof Map) {
    for (const token of model.iterateAllTokens()) {
      if (model.isEogToken(token)) biases.set(token, Number.NEGATIVE_INFINITY)
    }
  }
  return bias
}

function historyItem({ role, content }: Message): ChatHistoryItem {
  return role === 'assistant' ? { type: 'model', response: [content] } : { type: role, text: content }
}
