import type { EngineName } from '../model/engine.ts'
import type { Batching, LaunchOptions, OptionName } from './launch-options.ts'

/** Where one copy of an engine is to run. */
export interface Place {
  /** `PORT` stands for one that is not chosen yet. */
  readonly port: number | 'PORT'
  /** The Python of the engine's environment, or of the option `python`; `python` where the engine needs none. */
  readonly python: string
  /** Path of one of Assay's own Python programs. */
  script(name: string): string
}

/** A program to start, in full. */
export interface Command {
  readonly words: readonly string[]
  /** Set beside the environment of Assay itself. */
  readonly env: Readonly<Record<string, string>>
}

/** A default of an engine that makes comparisons unfair unless one knows of it. */
export interface Bias {
  /** Whether it holds under these options; absent: always. */
  when?(options: LaunchOptions): boolean
  /** One sentence, for reports and docs. */
  readonly text: string
}

/** How one engine is started: pure, from options to a command. */
export interface Recipe {
  readonly name: EngineName
  readonly summary: string
  /** The options it has, and what an option means here where that is not plain. */
  readonly options: Partial<Record<OptionName, string>>
  /** Why it has not the other options, where that helps: said when one is given. */
  readonly refusals?: Partial<Record<OptionName, string>>
  /** Values that `batching` may have; the first is the default. */
  readonly batching: readonly Batching[]
  /** Needed before it can start. */
  readonly required: readonly OptionName[]
  /** Key of the pins in python/, for engines that live in a Python environment. */
  readonly environment?: EnvironmentName
  /** Where it comes from, for those that Assay does not install and for GPUs. */
  readonly install: string
  /** What has been seen of it: on the real engine (with its version and the month), or not. */
  readonly verified: Verified
  /** Set when no request can make it go on where the model would end: lengths are then `up-to`. */
  readonly endsEarly?: true
  /** Models that Assay makes or installs, by the name that stands for them as option `model`. */
  readonly models: readonly KnownModel[]
  /** Keys of the dialect table, the best first. */
  readonly dialects: readonly string[]
  /** `options.model` is a path or name by now. */
  command(options: LaunchOptions, place: Place): Command
  /** Name of the model in requests; absent: as the option says. */
  modelName?(options: LaunchOptions): string
  readonly ready: { readonly path: string; readonly timeoutS: number }
  readonly version?: VersionProbe
  /** Page whose field `settings` holds what it really runs with. */
  readonly settingsPath?: string
  readonly biases: readonly Bias[]
  /** Sentences for its page: what goes wrong with it. */
  readonly traps?: readonly string[]
  /** After TERM, before KILL. */
  readonly patienceS?: number
}

/** How far a recipe has been tried. */
export type Verified =
  | { readonly kind: 'real'; readonly version: string; readonly date: string }
  | { readonly kind: 'not' }

/** A page of the server and where the version stands in it, or a Python package. */
export type VersionProbe =
  | { readonly kind: 'page'; readonly path: string; readonly key: string }
  | { readonly kind: 'package'; readonly name: string }

export const environmentNames = ['xllamacpp', 'vllm', 'transformers'] as const
/** A Python environment that `assay engines setup` makes; several engines may share one. */
export type EnvironmentName = (typeof environmentNames)[number]

export const knownModels = ['tiny', 'gemma-3-270m', 'assay-bigram'] as const
/** `tiny`: a generated Llama with random weights. `gemma-3-270m`: a GGUF. `assay-bigram`: the embedded engine's. */
export type KnownModel = (typeof knownModels)[number]
