import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { AssayError, exitCodes } from '../../model/errors.ts'
import { llamaFolder, llamaVersion } from './llama.ts'

/** node-llama-cpp's CPU builds by platform and architecture, as Node names them. */
const binaries: Readonly<Record<string, string>> = {
  'linux-x64': 'linux-x64',
  'linux-arm64': 'linux-arm64',
  'linux-arm': 'linux-armv7l',
  'darwin-x64': 'mac-x64',
  'darwin-arm64': 'mac-arm64-metal',
  'win32-x64': 'win-x64',
  'win32-arm64': 'win-arm64',
}

/** The package with the native code for this machine; undefined when there is none. */
export function binaryPackage(platform: string, arch: string): string | undefined {
  const name = binaries[`${platform}-${arch}`]
  return name === undefined ? undefined : `@node-llama-cpp/${name}`
}

/**
 * npm's arguments, for the folder it is run in. Without its optional packages node-llama-cpp brings none of its binaries (725 MB, most of them
 * for GPUs and other machines), so the one that fits is named itself. No script of any package is run.
 */
export function installArguments(binary: string): string[] {
  const flags = ['--omit=optional', '--ignore-scripts', '--no-audit', '--no-fund', '--save-exact']
  return ['install', ...flags, `node-llama-cpp@${llamaVersion}`, `${binary}@${llamaVersion}`]
}

/**
 * Installs node-llama-cpp for this machine (about 85 MB) where the embedded engine finds it; done at once when it is
 * there. Returns its folder. Throws `setup-unsupported` and `setup-failed`.
 */
export async function setupEmbedded(
  progress: (message: string) => void,
  folder: string = llamaFolder(),
): Promise<string> {
  if (existsSync(folder)) {
    progress(`node-llama-cpp ${llamaVersion} is already in ${folder}`)
    return folder
  }
  const binary = binaryPackage(process.platform, process.arch)
  if (binary === undefined) {
    throw new AssayError(
      'setup-unsupported',
      `There is no build of node-llama-cpp for ${process.platform} on ${process.arch}.`,
      {
        hint: 'Measure another engine: assay engines list.',
        exitCode: exitCodes.target,
      },
    )
  }
  progress(`installing node-llama-cpp ${llamaVersion} (about 85 MB) into ${folder}`)
  // Installed aside and renamed: a folder of the final name is always whole.
  const temporary = `${folder}.${randomUUID()}.tmp`
  try {
    await mkdir(temporary, { recursive: true })
    await writeFile(join(temporary, 'package.json'), '{"private":true}\n')
    await npm(installArguments(binary), temporary)
    await rename(temporary, folder).catch((error: unknown) => {
      // Another process was quicker.
      if (!existsSync(folder)) throw error
    })
  } finally {
    await rm(temporary, { recursive: true, force: true })
  }
  return folder
}

/** Kept of npm's output, for the error's sake. */
const outputLimit = 2000

function npm(args: readonly string[], folder: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const windows = process.platform === 'win32'
    const child = spawn(windows ? 'npm.cmd' : 'npm', args, {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe'],
      // Windows runs .cmd files through its shell only.
      shell: windows,
    })
    let output = ''
    const keep = (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-outputLimit)
    }
    child.stdout.on('data', keep)
    child.stderr.on('data', keep)
    const failed = (why: string, cause?: unknown) =>
      reject(
        new AssayError('setup-failed', `npm could not install node-llama-cpp: ${why}\n${output.trim()}`, {
          hint: `Check the network and npm's registry, or install it yourself: npm install node-llama-cpp@${llamaVersion}`,
          exitCode: exitCodes.target,
          cause,
        }),
      )
    child.once('error', (error) => failed(error.message, error))
    child.once('close', (code) => (code === 0 ? resolve() : failed(`npm ended with code ${code}.`)))
  })
}
