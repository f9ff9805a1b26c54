import type { Container } from '../model/container.ts'
import type { EngineName } from '../model/engine.ts'
import type { Batching, LaunchOptions, OptionName } from './launch-options.ts'

/** What an engine may listen for. The first of a recipe is the one that it is ready on. */
export type PortUse = 'http' | 'grpc' | 'metrics'

/** Where one copy of an engine is to run. */
export interface Place {
  /** Where it listens for HTTP; `PORT` stands for one that is not chosen yet. */
  readonly port: number | 'PORT'
  /** All of its ports, by use; absent where only `port` is there. */
  readonly ports?: Partial<Readonly<Record<PortUse, number | 'PORT'>>>
  /** GPUs of the host for this copy; absent: the engine's own choice. */
  readonly gpus?: readonly number[]
  /** Folder of this copy, which holds what `files` and `build` write. */
  readonly folder: string
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

/** A text file that is written before a command runs. */
export interface WrittenFile {
  /** Below the place's folder, such as "models/llm/config.pbtxt". */
  readonly path: string
  readonly text: string
}

/** One step of making an engine's files from a model, such as converting a checkpoint. */
export interface BuildStep {
  /** "convert", "build", "fill in the templates" … */
  readonly name: string
  readonly command: Command
}

/** How a compiled engine is made: the files first, then the steps in order. */
export interface Build {
  readonly files: readonly WrittenFile[]
  readonly steps: readonly BuildStep[]
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
  /** Text files that the command reads, such as a model repository; absent: none. */
  files?(options: LaunchOptions, place: Place): readonly WrittenFile[]
  /** What must be made from the model before the first start; absent: nothing. `undefined` under options that need none. */
  build?(options: LaunchOptions, place: Place): Build | undefined
  /** What it listens for; absent: HTTP only. */
  readonly ports?: readonly PortUse[]
  /** The engine in a container, for `runtime: docker`; absent: there is no image to name. */
  container?(options: LaunchOptions, place: Place): Container
  /** Which flags changed with which version, a sentence each. */
  readonly versions?: readonly string[]
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

export const environmentNames = [
  'xllamacpp',
  'vllm',
  'transformers',
  'triton',
  'triton-transformers',
] as const
/** A Python environment that `assay engines setup` makes; several engines may share one. */
export type EnvironmentName = (typeof environmentNames)[number]

export const knownModels = ['tiny', 'gemma-3-270m', 'assay-bigram'] as const
/** `tiny`: a generated Llama with random weights. `gemma-3-270m`: a GGUF. `assay-bigram`: the embedded engine's. */
export type KnownModel = (typeof knownModels)[number]
