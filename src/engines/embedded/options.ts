import { AssayError } from '../../model/errors.ts'
import { nearest } from '../../model/nearest.ts'
import { isShapeName, type ShapeName, shapeNames } from './shapes/shapes.ts'

/** Which model is served. */
export type ModelChoice =
  | { readonly kind: 'bigram' }
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'shape'; readonly name: ShapeName }

/** The embedded engine's options, checked and with defaults; absent ones depend on the model. */
export interface EmbeddedOptions {
  readonly model: ModelChoice
  /** Requests computed at the same time, 1 to 256; more wait in line. */
  readonly sequences: number
  /** Threads that compute. Absent: 1 for the generated model, else the physical cores but one. */
  readonly threads?: number
  /** Prompt and output tokens of one request together. Absent: 4,096 for the generated model, else 2,048. */
  readonly contextTokens?: number
  readonly prefixCache: boolean
  /** 0: any free port. */
  readonly port: number
}

/** llama.cpp computes at most this many sequences in one context. */
const maxSequences = 256
const names = ['sequences', 'threads', 'contextTokens', 'gguf', 'shape', 'prefixCache', 'port'] as const

/** Checks the options of a study or command line. Throws `bad-engine-option` that says what is allowed. */
export function parseOptions(options: Readonly<Record<string, unknown>>): EmbeddedOptions {
  for (const name of Object.keys(options)) {
    if (names.includes(name as (typeof names)[number])) continue
    const near = nearest(name, names)
    throw bad(
      `The embedded engine has no option "${name}".`,
      `${near === undefined ? '' : `Did you mean "${near}"? `}Options: ${names.join(', ')}.`,
    )
  }
  const threads = wholeNumber(options, 'threads', 1, 1024)
  const contextTokens = wholeNumber(options, 'contextTokens', 16, 1_048_576)
  return {
    model: modelChoice(options),
    sequences: wholeNumber(options, 'sequences', 1, maxSequences) ?? 8,
    ...(threads === undefined ? {} : { threads }),
    ...(contextTokens === undefined ? {} : { contextTokens }),
    prefixCache: flag(options, 'prefixCache'),
    port: wholeNumber(options, 'port', 0, 65_535) ?? 0,
  }
}

function modelChoice({ gguf, shape }: Readonly<Record<string, unknown>>): ModelChoice {
  if (gguf !== undefined && shape !== undefined) {
    throw bad('The embedded engine was given both "gguf" and "shape".', 'Give one of the two.')
  }
  if (gguf !== undefined) {
    if (typeof gguf === 'string' && gguf !== '') return { kind: 'file', path: gguf }
    throw bad(`"gguf" must be the path of a GGUF file, not ${show(gguf)}.`, 'For example gguf: model.gguf.')
  }
  if (shape === undefined) return { kind: 'bigram' }
  if (typeof shape === 'string' && isShapeName(shape)) return { kind: 'shape', name: shape }
  const near = typeof shape === 'string' ? nearest(shape, shapeNames) : undefined
  throw bad(
    `There is no shape ${show(shape)}.`,
    `${near === undefined ? '' : `Did you mean "${near}"? `}Shapes: ${shapeNames.join(', ')}.`,
  )
}

function wholeNumber(
  options: Readonly<Record<string, unknown>>,
  name: (typeof names)[number],
  min: number,
  max: number,
): number | undefined {
  const value = options[name]
  if (value === undefined) return undefined
  if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max) return value
  throw bad(
    `"${name}" of the embedded engine cannot be ${show(value)}.`,
    `Use a whole number from ${min} to ${max}.`,
  )
}

function flag(options: Readonly<Record<string, unknown>>, name: (typeof names)[number]): boolean {
  const value = options[name] ?? false
  if (typeof value === 'boolean') return value
  throw bad(`"${name}" of the embedded engine cannot be ${show(value)}.`, 'Use true or false.')
}

function bad(message: string, hint: string): AssayError {
  return new AssayError('bad-engine-option', message, { hint })
}

function show(value: unknown): string {
  return JSON.stringify(value) ?? String(value)
}
