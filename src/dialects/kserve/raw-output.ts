import type { InferResponse } from './messages.ts'

/** The first element of an output, from either of the places where responses hold them; `undefined` when it is not there. */
export function rawOutput(
  { outputs = [], raw_output_contents: raw = [] }: InferResponse,
  name: string,
): string | number | boolean | undefined {
  const index = outputs.findIndex((output) => output.name === name)
  const output = outputs[index]
  if (output === undefined) return undefined
  const bytes = raw[index]
  if (bytes !== undefined && raw.length > 0) return element(output.datatype ?? '', bytes)
  const [values] = Object.values(output.contents ?? {}).filter((list) => list.length > 0)
  const value = values?.[0]
  return Buffer.isBuffer(value) ? value.toString('utf8') : value
}

/** Little-endian numbers; a text's bytes follow their count. */
function element(datatype: string, bytes: Buffer): string | number | boolean | undefined {
  switch (datatype) {
    case 'BYTES': {
      if (bytes.length < 4) return undefined
      return bytes.toString('utf8', 4, 4 + bytes.readUInt32LE(0))
    }
    case 'BOOL':
      return bytes.length < 1 ? undefined : bytes[0] !== 0
    case 'INT32':
      return bytes.length < 4 ? undefined : bytes.readInt32LE(0)
    case 'UINT32':
      return bytes.length < 4 ? undefined : bytes.readUInt32LE(0)
    case 'INT64':
    case 'UINT64':
      return bytes.length < 8 ? undefined : Number(bytes.readBigInt64LE(0))
    case 'FP32':
      return bytes.length < 4 ? undefined : bytes.readFloatLE(0)
    case 'FP64':
      return bytes.length < 8 ? undefined : bytes.readDoubleLE(0)
    default:
      return undefined
  }
}
