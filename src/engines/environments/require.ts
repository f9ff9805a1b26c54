import { existsSync } from 'node:fs'
import { AssayError, exitCodes } from '../../model/errors.ts'
import type { EnvironmentName } from '../recipe.ts'
import { environmentFolder, wholeMark } from './paths.ts'

/** Throws `engine-not-set-up` when the Python environment of an engine has not been made. */
export function requireEnvironment(engine: string, name: EnvironmentName): void {
  if (existsSync(`${environmentFolder(name)}/${wholeMark}`)) return
  throw new AssayError('engine-not-set-up', `The engine ${engine} has not been set up.`, {
    hint: `Install it with: assay engines setup ${engine}. Or give a Python that has it as option python.`,
    exitCode: exitCodes.target,
  })
}
