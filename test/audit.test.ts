import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Audit } from '../src/audit/audit.ts'
import type { FigureName } from '../src/audit/figures.ts'
import { temporaryFolder } from './measure.ts'
import { runCli, startCli } from './run-cli.ts'

/** A client of three requests, one after the other, that writes a result file like vLLM's. */
const client = `
  const [url, model, out] = process.argv.slice(1)
  const ask = async () => {
    const body = JSON.stringify({ model, prompt: 'a b', max_tokens: 4, stream: true })
    const reply = await fetch(url + '/v1/completions', { method: 'POST', body })
    await reply.text()
  }
  for (let i = 0; i < 3; i++) await ask()
  const fs = await import('node:fs')
  const result = { model_id: model, total_token_throughput: 1, median_ttft_ms: 1000, completed: 2 }
  fs.writeFileSync(out + '/result.json', JSON.stringify(result))
  console.log('asked ' + model)
`
const node = [process.execPath, '--input-type=module', '-e']
const server = ['--ttft', '5', '--itl', '1']

const figure = (audit: Audit, name: FigureName) => audit.differences.find((each) => each.figure === name)

describe('another tool', () => {
  test('is compared with what the server did, and everything is kept', async () => {
    const out = join(temporaryFolder(), 'new', 'audit')
    const { code, stdout, stderr } = await runCli([
      ...[
        'audit',
        ...server,
        '--model',
        'm1',
        '--skip',
        '1',
        '--out',
        out,
        '--json',
        '--reported',
        'itl_p50=2.5',
      ],
      ...['--', ...node, client, '{url}', '{model}', '{out}'],
    ])
    expect(stderr).toBe('')
    expect(code).toBe(0)
    const audit = JSON.parse(stdout) as Audit
    expect(audit).toMatchObject({
      schema: 'assay-audit/1',
      simulated: { ttftMs: 5, itlMs: 1 },
      end: { code: 0, interrupted: false },
      reader: 'vllm-bench',
      truth: { requests: 2, leftOut: 1, completed: 2, notStreamed: 0, events: 8, peakOpen: 1 },
    })
    // Of a busy machine, not of the audit.
    expect(audit.findings.filter(({ code }) => code !== 'server-late')).toEqual([])
    const ttft = figure(audit, 'ttftP50Ms')
    expect(ttft?.truth).toBeGreaterThanOrEqual(5)
    expect(ttft?.reported).toBe(1000)
    expect(ttft?.difference).toBe(1000 - (ttft?.truth ?? 0))
    expect(figure(audit, 'itlP50Ms')?.reported).toBe(2.5)
    expect(figure(audit, 'requests')).toMatchObject({ truth: 2, reported: 2, difference: 0 })
    expect(figure(audit, 'tpotP50Ms')?.reported).toBeUndefined()
    expect(readdirSync(out).sort()).toEqual(['audit.json', 'command.log', 'result', 'truth.json'])
    expect(JSON.parse(readFileSync(join(out, 'audit.json'), 'utf8'))).toEqual(audit)
    expect(JSON.parse(readFileSync(join(out, 'truth.json'), 'utf8')).requests).toHaveLength(3)
    expect(readFileSync(join(out, 'command.log'), 'utf8')).toBe('asked m1\n')
    expect(readdirSync(join(out, 'result'))).toEqual(['result.json'])
  })

  test('prints on stderr when asked to, its table is on stdout, doubts below it', async () => {
    const { code, stdout, stderr } = await runCli([
      ...['audit', ...server, '--verbose', '--', ...node, client, '{url}', 'm', '{out}'],
    ])
    expect(code).toBe(0)
    expect(stderr).toBe('asked m\n')
    expect(stdout).toMatch(
      /^What vLLM bench reports against what the server did\n3 requests, 12 events; simulated/,
    )
    expect(stdout).toMatch(/^TTFT p50 ms +\d+\.\d\d +1000\.00 +\+9\d\d\.\d{3}$/m)
    expect(stdout).toContain('warning: The server completed 3 requests, the tool reports 2')
  })

  test.runIf(process.platform === 'linux')('is charged for its CPU and memory', async () => {
    const { stdout } = await runCli([
      ...['audit', ...server, '--json', '--', ...node, client, '{url}', 'm', '{out}'],
    ])
    const { usage, wallS, startToFirstRequestS } = JSON.parse(stdout) as Audit
    expect(usage.cpuS).toBeGreaterThan(0)
    expect(usage.peakRssBytes).toBeGreaterThan(10 * 2 ** 20)
    expect(usage.peakTreeRssBytes).toBeGreaterThan(10 * 2 ** 20)
    expect(startToFirstRequestS).toBeGreaterThan(0)
    expect(wallS).toBeGreaterThan(startToFirstRequestS ?? Number.POSITIVE_INFINITY)
  })

  test('that fails is shown with its last words, after what it did', async () => {
    const failing = `${client}; console.error('no more'); process.exit(9)`
    const { code, stdout, stderr } = await runCli(
      ['audit', ...server, '--', ...node, failing, '{url}', 'm', '{out}'],
      // Its log is left there for the user.
      { TMPDIR: temporaryFolder() },
    )
    expect(code).toBe(3)
    expect(stdout).toContain('TTFT p50 ms')
    expect(stderr).toContain('error: The command ended with code 9. It was:\n')
    expect(stderr).toContain('Its last words:\n    asked m\n    no more\n')
    const [, log = ''] = /Its whole log: (\S+)\. /.exec(stderr) ?? []
    expect(readFileSync(log, 'utf8')).toBe('asked m\nno more\n')
    expect(stderr).toContain('assay reference serve --ttft 5 --itl 1')
  })

  test('whose result file is not there loses that only', async () => {
    const { code, stdout, stderr } = await runCli([
      ...['audit', ...server, '--result', '/nowhere/r.json', '--', ...node, client, '{url}', 'm', '{out}'],
    ])
    expect(code).toBe(2)
    expect(stdout).toContain('3 requests, 12 events')
    expect(stderr).toContain('error: --result /nowhere/r.json: ENOENT')
  })

  test('that sends nothing has no table', async () => {
    const { code, stdout, stderr } = await runCli(['audit', '--', process.execPath, '-e', '', '{url}'], {
      TMPDIR: temporaryFolder(),
    })
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' })
    expect(stderr).toContain('error: The command ended well but sent no request.')
  })
})

test('Ctrl-C ends the command and prints what there is', async () => {
  const hanging = `${client}; setInterval(() => {}, 1000); process.on('SIGINT', () => process.exit(4))`
  const cli = startCli(['audit', ...server, '--verbose', '--', ...node, hanging, '{url}', 'm', '{out}'])
  await cli.sees(/asked m/)
  cli.child.kill('SIGINT')
  const { code, stdout, stderr } = await cli.done
  expect(code).toBe(130)
  expect(stdout).toContain('3 requests, 12 events')
  expect(stderr).toContain('stopping the command')
  expect(stderr).not.toContain('error:')
})

describe('Assay itself', () => {
  test('is audited without a command, request by request', async () => {
    const out = join(temporaryFolder(), 'audit')
    const { code, stdout } = await runCli([
      ...['audit', ...server, '--json', '--out', out],
      ...['--concurrency', '4', '--requests', '40', '--output-tokens', '8', '--input-tokens', '8'],
    ])
    expect(code).toBe(0)
    const audit = JSON.parse(stdout) as Audit
    expect(audit).toMatchObject({
      reader: 'assay',
      // The smoke request and a warm-up of four are not of the measured phase.
      truth: { requests: 40, leftOut: 5, completed: 40, events: 320, peakOpen: 4 },
      stamps: { event: { n: 320 }, ttft: { n: 40 }, arrival: { n: 40 } },
    })
    expect(figure(audit, 'requests')).toMatchObject({ truth: 40, reported: 40 })
    expect(figure(audit, 'outputTokens')).toMatchObject({ truth: 320, reported: 320 })
    expect(figure(audit, 'ttftP50Ms')?.reported).toBeGreaterThan(5)
    expect(existsSync(join(out, 'result', 'run', 'report.json'))).toBe(true)
  })
})

describe('mistakes end with 2 and nothing is measured', () => {
  test.each([
    [['--', 'tool'], 'error: The command says nowhere which server to ask.'],
    [['--rate', '5', '--', 'tool', '{url}'], 'error: --rate is for audits of Assay itself.'],
    [['--reported', 'tpt_p50=1', '--', 'tool', '{url}'], 'hint: Did you mean tpot_p50?'],
    [['--', 'no-such-tool', '{url}'], 'error: Cannot start no-such-tool: there is no such command.'],
  ])('%j', async (argv, message) => {
    const { code, stdout, stderr } = await runCli(['audit', ...argv])
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain(message)
  })

  test('and an output folder that exists is not written into', async () => {
    const { code, stderr } = await runCli(['audit', '--out', temporaryFolder(), '--', 'tool', '{url}'])
    expect(code).toBe(2)
    expect(stderr).toContain('exists already')
  })
})
