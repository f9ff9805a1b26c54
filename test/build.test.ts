import { existsSync, mkdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { plannedBuild } from '../src/engines/build/build-plan.ts'
import { ensureBuild } from '../src/engines/build/ensure-build.ts'
import { launch } from '../src/engines/process/launch.ts'
import { recipeCommands } from '../src/engines/process/recipe-commands.ts'
import type { BuildStep, Recipe } from '../src/engines/recipe.ts'
import { AssayError } from '../src/model/errors.ts'
import { dockerRecipe } from './docker-recipe.mjs'
import { temporaryFolder } from './measure.ts'

beforeEach(() => {
  vi.stubEnv('ASSAY_CACHE', temporaryFolder())
  return () => vi.unstubAllEnvs()
})

const shell = (name: string, script: string): BuildStep => ({
  name,
  command: { words: ['sh', '-c', script], env: { STEP: name } },
})

/** An engine that is converted and compiled; its server answers with what was built. */
function builtRecipe(...steps: readonly (readonly [name: string, script: string])[]): Recipe {
  return {
    ...dockerRecipe,
    ports: ['http'],
    dialects: ['openai-completions'],
    files: () => [],
    build: ({ model }, { folder }) => ({
      files: [{ path: 'config/plan.json', text: `{"model": "${model}"}\n` }],
      steps: steps.map(([name, script]) => shell(name, script.replaceAll('FOLDER', folder))),
    }),
    command: (_, { port, folder }) => ({
      words: ['python3', '-m', 'http.server', '--bind', '127.0.0.1', '--directory', folder, String(port)],
      env: {},
    }),
    ready: { path: '/engine', timeoutS: 20 },
  }
}

const good = builtRecipe(
  [
    'convert',
    'cat FOLDER/config/plan.json; echo "[W] lost 3 weights"; cp FOLDER/config/plan.json FOLDER/converted',
  ],
  [
    'compile',
    'for i in 1 2 3; do echo "UserWarning: at $i ms"; done; printf "WARN \\033[31mred\\033[0m very-secret\\n"; cp FOLDER/converted FOLDER/engine',
  ],
)

function told(): { readonly said: string[]; progress(message: string): void } {
  const said: string[] = []
  return { said, progress: (message) => void said.push(message) }
}

describe('a build', () => {
  test('runs its steps in order, with files, a log, durations and its warnings', async () => {
    const { said, progress } = told()
    const build = await ensureBuild(good, { model: 'm' }, { progress, secrets: ['very-secret'] })
    expect(readFileSync(join(build?.folder ?? '', 'engine'), 'utf8')).toBe('{"model": "m"}\n')
    expect(build?.seconds).toBeGreaterThanOrEqual(0)
    expect(build?.notices).toEqual(
      ['[W] lost 3 weights', 'UserWarning: at 1 ms', 'WARN red [redacted]'].map(
        (line) => `its build warned: ${line}`,
      ),
    )
    const log = `${build?.folder}.log`
    expect(said[0]).toBe(`building vllm: step 1 of 2 (convert); log: ${log}`)
    expect(said[1]).toMatch(/^step 1 of 2 \(convert\) took [\d.]+ s$/)
    expect(readFileSync(log, 'utf8')).toContain('lost 3 weights')
  })

  test('that is there is used again, and says so', async () => {
    const first = await ensureBuild(good, { model: 'm' }, told())
    const before = statSync(join(first?.folder ?? '', 'engine')).mtimeMs
    const { said, progress } = told()
    const second = await ensureBuild(good, { model: 'm' }, { progress })
    expect(second).toEqual(first)
    expect(said).toEqual([`the build of vllm is there already: ${first?.folder}`])
    expect(statSync(join(second?.folder ?? '', 'engine')).mtimeMs).toBe(before)
  })

  test('of another model, other commands or a changed model is another', () => {
    const model = join(temporaryFolder(), 'model')
    mkdirSync(model)
    writeFileSync(join(model, 'config.json'), '{"layers": 2}')
    const folderOf = (recipe: Recipe, path = model) => plannedBuild(recipe, { model: path })?.folder
    const first = folderOf(good)
    expect(folderOf(good)).toBe(first)
    expect(folderOf(good, 'other')).not.toBe(first)
    expect(folderOf(builtRecipe(['convert', 'true']))).not.toBe(first)
    utimesSync(join(model, 'config.json'), 1, 1)
    expect(folderOf(good)).not.toBe(first)
  })

  test('that fails says which step, shows its last words, and does not count', async () => {
    const bad = builtRecipe(
      ['convert', 'true'],
      ['compile', 'echo out of memory >&2; exit 4'],
      ['pack', 'true'],
    )
    const error = await ensureBuild(bad, { model: 'm' }, told()).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(AssayError)
    expect(error).toMatchObject({
      code: 'build-failed',
      message:
        'The build failed in step 2 of 3 (compile): it ended with code 4. Its last words:\nout of memory',
      exitCode: 3,
    })
    expect((error as AssayError).hint).toMatch(
      /^Its log says more: .*\.log\. When the cause is mended: assay engines build vllm, with the same options\.$/,
    )
    const again = await ensureBuild(bad, { model: 'm' }, told()).catch((thrown: unknown) => thrown)
    expect(again).toMatchObject({ code: 'build-failed' })
  })

  test('whose program is missing says so', async () => {
    const recipe: Recipe = {
      ...good,
      build: () => ({ files: [], steps: [{ name: 'x', command: { words: ['/no/such/builder'], env: {} } }] }),
    }
    await expect(ensureBuild(recipe, { model: 'm' }, told())).rejects.toMatchObject({
      code: 'build-failed',
      hint: 'Is /no/such/builder there, and can it be run?',
    })
  })

  test('that is interrupted leaves nothing that counts, and its program ends', async () => {
    const control = new AbortController()
    const slow = builtRecipe(['convert', 'touch FOLDER/begun; exec sleep 300'])
    const { folder = '' } = plannedBuild(slow, { model: 'm' }) ?? {}
    const building = ensureBuild(slow, { model: 'm' }, { ...told(), signal: control.signal })
    building.catch(() => {})
    for (let waited = 0; !existsSync(join(folder, 'begun')); waited += 20) {
      if (waited > 10_000) throw new Error('it did not begin')
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    // Meanwhile nobody else may make it.
    await expect(ensureBuild(slow, { model: 'm' }, told())).rejects.toMatchObject({ code: 'build-busy' })
    control.abort()
    await expect(building).rejects.toMatchObject({ code: 'interrupted', exitCode: 130 })
    expect(existsSync(folder)).toBe(false)
    expect(existsSync(`${folder}.lock`)).toBe(false)
  })

  test('whose maker was killed is made anew', async () => {
    const { folder = '' } = plannedBuild(good, { model: 'm' }) ?? {}
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, 'half'), '')
    // No process has this number.
    writeFileSync(`${folder}.lock`, '99999999')
    await ensureBuild(good, { model: 'm' }, told())
    expect(existsSync(join(folder, 'half'))).toBe(false)
    expect(existsSync(join(folder, 'engine'))).toBe(true)
  })
})

test('a launch builds what is missing, asks leave for that too, and its report knows', async () => {
  expect(recipeCommands(good, { model: 'm' })).toHaveLength(3)
  const { said, progress } = told()
  const running = await launch(good, { model: 'm' }, { logFile: join(temporaryFolder(), 'log'), progress })
  expect(await (await fetch(`${running.urls[0]}/engine`)).text()).toBe('{"model": "m"}\n')
  expect(running.engineInfo.buildSeconds).toBeTypeOf('number')
  expect(running.notices).toContain('its build warned: [W] lost 3 weights')
  expect(said.filter((line) => line.startsWith('building'))).toHaveLength(2)
  expect(running.commands).toHaveLength(1)
  await running.stop()
  expect(recipeCommands(good, { model: 'm' })).toHaveLength(1)
})
