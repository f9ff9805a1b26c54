import { loadSync, type MethodDefinition, type ServiceDefinition } from '@grpc/proto-loader'
import { distPath } from '../../model/entry.ts'

/** A response of ModelInfer, or of ModelStreamInfer inside its envelope. */
export interface InferResponse {
  readonly id?: string
  readonly parameters?: Readonly<Record<string, InferParameter>>
  readonly outputs?: readonly OutputTensor[]
  readonly raw_output_contents?: readonly Buffer[]
}

interface InferParameter {
  readonly bool_param?: boolean
}

interface OutputTensor {
  readonly name?: string
  readonly datatype?: string
  readonly contents?: Readonly<Record<string, readonly (number | boolean | Buffer)[]>>
}

export interface StreamInferResponse {
  readonly error_message?: string
  readonly infer_response?: InferResponse
}

export type Method = keyof typeof methodPaths
type AnyMethod = MethodDefinition<object, object>

const service = 'inference.GRPCInferenceService'

/** Path of each call that Assay makes. */
export const methodPaths = {
  ServerReady: `/${service}/ServerReady`,
  ServerMetadata: `/${service}/ServerMetadata`,
  ModelReady: `/${service}/ModelReady`,
  ModelMetadata: `/${service}/ModelMetadata`,
  ModelConfig: `/${service}/ModelConfig`,
  RepositoryIndex: `/${service}/RepositoryIndex`,
  ModelInfer: `/${service}/ModelInfer`,
  ModelStreamInfer: `/${service}/ModelStreamInfer`,
} as const

let loaded: ServiceDefinition | undefined

/** How the messages of a call are written and read. */
export function method(name: Method): AnyMethod {
  loaded ??= loadSync(distPath('dialects/kserve/kserve.proto'), {
    keepCase: true,
    longs: Number,
    enums: String,
  })[service] as ServiceDefinition
  return loaded[name] as AnyMethod
}
