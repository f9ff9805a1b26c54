import { loadSync, type MethodDefinition, type ServiceDefinition } from '@grpc/proto-loader'
import { distPath } from '../../model/entry.ts'

const name = 'inference.GRPCInferenceService'
type AnyMethod = MethodDefinition<object, object>

let service: ServiceDefinition | undefined

/** The call that a path names, without the service: how its messages are written and read. */
export function callAt(path: string): { readonly name: string; readonly method: AnyMethod } | undefined {
  service ??= loadSync(distPath('dialects/kserve/kserve.proto'), {
    keepCase: true,
    longs: Number,
    enums: String,
    defaults: true,
  })[name] as ServiceDefinition
  const [, called] = path.split(`/${name}/`)
  return called !== undefined && Object.hasOwn(service, called)
    ? { name: called, method: service[called] as AnyMethod }
    : undefined
}

/** A message after its length, as it lies in a body. */
export function framed(message: Buffer): Buffer {
  const prefix = Buffer.alloc(5)
  prefix.writeUInt32BE(message.length, 1)
  return Buffer.concat([prefix, message])
}
