import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { run } from '../../test/builders.ts'
import {
  createRunFolder,
  createStudyFolder,
  discardUnused,
  resolveRunFolders,
  runPaths,
  studyPaths,
} from './layout.ts'
import { readRunJson, writeRun } from './run-json.ts'
import { writeStudy } from './study-json.ts'

let scratch = ''
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'assay-layout-test-'))
})
afterAll(() => rm(scratch, { recursive: true }))

describe('a run folder', () => {
  test('is made with its parents, and never twice', async () => {
    const folder = join(scratch, 'a', 'b')
    await createRunFolder(folder)
    expect((await readdir(folder)).sort()).toEqual(['journal', 'server'])
    await expect(createRunFolder(folder)).rejects.toMatchObject({
      code: 'exists',
      exitCode: 2,
      hint: expect.stringContaining('another output folder'),
    })
  })

  test('that cannot be made is a storage error', async () => {
    const file = join(scratch, 'file')
    await writeFile(file, '')
    await expect(createRunFolder(join(file, 'run'))).rejects.toMatchObject({ code: 'storage', exitCode: 5 })
  })

  test('in which nothing was measured goes away, unless it holds a log', async () => {
    const empty = join(scratch, 'empty')
    await createStudyFolder(empty)
    await discardUnused(empty)
    await expect(readdir(empty)).rejects.toMatchObject({ code: 'ENOENT' })

    const logged = join(scratch, 'logged')
    await createStudyFolder(logged)
    await writeFile(join(studyPaths(logged).server, 'target.log'), 'why it failed')
    await discardUnused(logged)
    expect(await readdir(studyPaths(logged).server)).toEqual(['target.log'])
  })
})

describe('resolving', () => {
  test('a run gives itself, a study its runs by name', async () => {
    const study = join(scratch, 'study')
    await createStudyFolder(study)
    for (const id of ['b', 'a']) {
      await createRunFolder(studyPaths(study).run(id))
      writeRun(studyPaths(study).run(id), run({ id }), [])
    }
    await mkdir(studyPaths(study).run('begun'))
    const [a, b] = ['a', 'b'].map((id) => join(study, 'runs', id))
    expect(resolveRunFolders(study)).toEqual([a, b])
    expect(resolveRunFolders(String(a))).toEqual([a])
  })

  test.each([
    ['missing', 'not-a-run', 'does not exist'],
    ['plain', 'not-a-run', 'is no run or study folder'],
    ['new-study', 'no-runs', 'has no runs yet'],
  ])('%s says %s', async (name, code, words) => {
    await mkdir(join(scratch, 'plain'), { recursive: true })
    if (name === 'new-study') await createStudyFolder(join(scratch, name))
    expect(() => resolveRunFolders(join(scratch, name))).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(words) }),
    )
  })
})

describe('run.json', () => {
  test('comes back as it was written, without the secrets', async () => {
    const folder = join(scratch, 'with-json')
    await createRunFolder(folder)
    const secret = 'sk-"quoted"'
    writeRun(folder, run({ endedReason: `key ${secret} is wrong` }), [secret])
    expect(await readRunJson(folder)).toEqual(run({ endedReason: 'key [redacted] is wrong' }))
    expect((await readdir(folder)).sort()).toEqual(['journal', 'run.json', 'server'])
  })

  test.each([
    ['{"format": 1, "id"', 'storage', 'is damaged'],
    ['[]', 'storage', 'it has no format number'],
    ['{"format": 1, "id": "a"}', 'storage', 'it has no field study'],
    ['{"format": 2}', 'newer-format', 'reads formats up to 1'],
  ])('%s is refused', async (text, code, words) => {
    const folder = join(scratch, 'bad-json')
    await mkdir(folder, { recursive: true })
    await writeFile(runPaths(folder).run, text)
    await expect(readRunJson(folder)).rejects.toMatchObject({ code, message: expect.stringContaining(words) })
  })

  test('that is missing says that this is no run folder', async () => {
    await expect(readRunJson(scratch)).rejects.toMatchObject({ code: 'not-a-run' })
  })
})

test('study.json states its format and hides secrets', async () => {
  const folder = join(scratch, 'study-json')
  await createStudyFolder(folder)
  const { cell } = run()
  const study = {
    name: 'my-secret-study',
    seed: 1,
    targets: [cell.target],
    workloads: [cell.workload],
    loads: [cell.load],
    repeats: 1,
    capture: 'none',
    limits: {},
  } as const
  writeStudy(folder, study, ['secret'])
  expect(JSON.parse(await readFile(studyPaths(folder).study, 'utf8'))).toEqual({
    format: 1,
    study: { ...study, name: 'my-[redacted]-study' },
  })
})
