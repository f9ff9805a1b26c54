import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { AssayError, messageOf } from '../../model/errors.ts'
import { nearest } from '../../model/nearest.ts'
import { modelNames, models } from './models.ts'
import { type DescribedModel, readConfig } from './read-config.ts'
import { readGguf } from './read-gguf.ts'

const maxConfigBytes = 4 << 20

/** A model of the table by name, or by the path of its folder, config.json or GGUF file. Throws `fit-model`. */
export function findModel(model: string): DescribedModel {
  const name = modelNames.find((one) => one === tableName(model))
  if (name !== undefined) return { shape: models[name], notes: [] }
  if (!existsSync(model)) {
    const near = nearest(tableName(model), modelNames)
    throw new AssayError('fit-model', `There is no model "${model}", in the table or on disk.`, {
      hint: `${near === undefined ? '' : `Did you mean ${near}? `}Give the path of a config.json or GGUF file, or one of: ${modelNames.join(', ')}.`,
    })
  }
  try {
    const path = statSync(model).isDirectory() ? join(model, 'config.json') : model
    if (path.endsWith('.gguf')) return readGguf(path)
    if (statSync(path).size > maxConfigBytes) {
      throw new AssayError('fit-model', `${path} is too large for a config.json.`, {
        hint: 'Give a config.json, a folder that holds one, or a file that ends in .gguf.',
      })
    }
    return readConfig(readFileSync(path, 'utf8'), path)
  } catch (cause) {
    if (cause instanceof AssayError) throw cause
    throw new AssayError('fit-model', `The model cannot be read: ${messageOf(cause)}`, {
      hint: 'Give a config.json, a folder that holds one, or a file that ends in .gguf.',
      cause,
    })
  }
}

/** "meta-llama/Meta-Llama-3-8B-Instruct" is llama-3-8b to the table. */
function tableName(model: string): string {
  return model
    .toLowerCase()
    .replace(/^[\w.-]+\//, '')
    .replace(/^meta-/, '')
    .replace(/-v0\.\d$/, '')
    .replace(/-(hf|chat-hf|chat|instruct|it)$/, '')
    .replace(/-instruct$/, '')
}
