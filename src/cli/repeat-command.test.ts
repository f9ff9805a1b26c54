import { describe, expect, test } from 'vitest'
import { repeatCommand } from './repeat-command.ts'

describe('the command that repeats a study', () => {
  test.each<[argv: string[], command: string]>([
    [['quick'], 'assay quick'],
    [['quick', 'http://a:8000', '--rate', '3'], 'assay quick http://a:8000 --rate 3'],
    [['quick', '--out', 'x', '--json', '--quiet', '--seed=2'], 'assay quick --seed=2'],
    [['quick', '--out=x y', '--seed', '2'], 'assay quick --seed 2'],
    [['quick', '--model', "it's a model"], `assay quick --model 'it'\\''s a model'`],
    [['quick', '--header', 'X-Key: abc'], `assay quick --header 'X-Key: [redacted]'`],
    [['quick', '--header=X-Key:abc'], `assay quick --header 'X-Key: [redacted]'`],
    [['quick', '--header', 'abc'], `assay quick --header '[redacted]'`],
    [['quick', 'http://me:pass@a/v1?x=@'], `assay quick 'http://[redacted]@a/v1?x=@'`],
    [
      ['run', 's.yaml', '--set', 'targets[0].headers.X=abc'],
      `assay run s.yaml --set 'targets[0].headers.X=[redacted]'`,
    ],
    [['run', 's.yaml', '--set=repeats=2'], 'assay run s.yaml --set repeats=2'],
    [['quick', '--model', 'hush-hush'], `assay quick --model '[redacted]'`],
  ])('%j', (argv, command) => {
    expect(repeatCommand(argv, ['hush-hush'])).toBe(command)
  })
})
