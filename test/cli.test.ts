import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { engineNames } from '../src/model/engine.ts'
import { temporaryFolder } from './measure.ts'
import { runCli, startCli } from './run-cli.ts'

describe('help', () => {
  test.each([
    [[], 'assay quick http://127.0.0.1:8000'],
    [['quick'], '--rate 4 --duration 2m'],
    [['run'], '--set repeats=1'],
    [['report'], 'assay report results --json'],
    [['calibrate'], 'assay calibrate assay-results/'],
    [['audit'], 'assay audit'],
    [['reference', 'serve'], 'assay reference serve --ttft'],
    [['query'], 'select outcome, count(*)'],
    [['engines'], 'assay engines run embedded --port 8000'],
    [['engines', 'run'], '--gguf model.gguf'],
    [['engines', 'setup'], 'assay engines setup embedded'],
    [['schema'], 'assay schema > study.schema.json'],
  ])('of assay %j has examples', async (words, example) => {
    const { code, stdout, stderr } = await runCli([...words, '--help'])
    expect(code).toBe(0)
    expect(stdout).toMatch(/^Usage: assay/)
    expect(stdout.slice(stdout.indexOf('Examples:'))).toContain(example)
    expect(stderr).toBe('')
  })
})

test('--version is the package’s', async () => {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    version: string
  }
  expect(await runCli(['--version'])).toMatchObject({ code: 0, stdout: `${version}\n`, stderr: '' })
})

describe('mistakes in the command line end with 2 and say what to do', () => {
  test.each([
    [['quik'], "error: unknown command 'quik'\nhint: Did you mean quick?\n"],
    [['engines', 'lst'], "error: unknown command 'lst'\nhint: Did you mean list?\n"],
    [['quick', '--modle', 'x'], "error: unknown option '--modle'\nhint: Did you mean --model?\n"],
    [
      ['quick', '--rate', '3', '--burst', '2'],
      'error: --burst: --rate and --burst are different loads.\n    Keep one of them; a study file may list several loads.\n' +
        'hint: assay quick --help lists every flag.\n',
    ],
    [
      ['query', 'select 1'],
      'error: A query needs at least one run folder before the SQL.\n' +
        'hint: For example: assay query results "select count(*) from requests"\n',
    ],
  ])('%j', async (argv, stderr) => {
    expect(await runCli(argv)).toMatchObject({ code: 2, stdout: '', stderr })
  })
})

test('no command is a mistake that prints the help on stderr', async () => {
  const { code, stdout, stderr } = await runCli([])
  expect(code).toBe(2)
  expect(stdout).toBe('')
  expect(stderr).toMatch(/^Usage: assay/)
})

test('a folder that is no run ends with 2, ASSAY_DEBUG shows the stack', async () => {
  const missing = join(temporaryFolder(), 'none')
  const { code, stderr } = await runCli(['report', missing])
  expect(code).toBe(2)
  expect(stderr).toContain(`error: ${missing} does not exist.\nhint: `)
  expect(stderr).not.toContain('    at ')
  expect((await runCli(['report', missing], { ASSAY_DEBUG: '1' })).stderr).toContain('    at ')
})

test('colours come when forced', async () => {
  const { stderr } = await runCli(['quik'], { NO_COLOR: '', FORCE_COLOR: '1' })
  expect(stderr.slice(0, 16)).toBe('\x1b[31merror:\x1b[39m')
})

test('the schema is JSON Schema of a study', async () => {
  const { code, stdout } = await runCli(['schema'])
  expect(code).toBe(0)
  const schema = JSON.parse(stdout)
  expect(schema.$schema).toBe('https://json-schema.org/draft/2020-12/schema')
  expect(Object.keys(schema.properties)).toEqual(expect.arrayContaining(['targets', 'workloads', 'loads']))
})

test('the engines are listed', async () => {
  const { code, stdout } = await runCli(['engines', 'list'])
  expect(code).toBe(0)
  expect(stdout).toMatch(/^embedded {2,}llama\.cpp/)
})

describe('completion', () => {
  test.each([
    ['bash', '# bash completion for assay\n'],
    ['zsh', '#compdef assay\n'],
    ['fish', '# fish completion for assay '],
    ['powershell', '# powershell completion for assay '],
  ])('the %s script', async (shell, head) => {
    const { code, stdout } = await runCli(['complete', shell])
    expect(code).toBe(0)
    expect(stdout.trimStart().slice(0, head.length)).toBe(head)
    expect(stdout).toMatch(/complete["']?,? ?["']?--/)
  })

  test.each([
    ['a command', ['qui'], ['quick']],
    ['a command below another', ['engines', 'se'], ['setup']],
    ['a flag', ['quick', '--in'], ['--input-tokens']],
    ['values of a flag', ['quick', '--capture', ''], ['none', 'text', 'raw']],
    ['values of an argument', ['engines', 'run', ''], [...engineNames]],
    ['shapes', ['engines', 'run', 'embedded', '--shape', 'qwen'], ['qwen-0.5b']],
  ])('of %s', async (_, words, values) => {
    const { stdout } = await runCli(['complete', '--', ...words])
    const lines = stdout.trimEnd().split('\n')
    expect(lines.at(-1)).toMatch(/^:\d+$/)
    expect(lines.slice(0, -1).map((line) => line.split('\t')[0])).toEqual(values)
  })
})

test('the reference server serves until Ctrl-C and says how late it was', async () => {
  const { child, done, sees } = startCli(['reference', 'serve', '--port', '0', '--ttft', '5', '--itl', '1'])
  await sees(/Serving simulated replies at (http:\S+)/)
  child.kill('SIGINT')
  const { code, stderr } = await done
  expect(code).toBe(0)
  expect(stderr).toContain('No event was written.')
})
