import { describe, expect, test } from 'vitest'
import { told } from '../../test/told.ts'

const target = 'targets:\n  - url: http://h:1\n'

describe('YAML', () => {
  test.each([
    [
      `seed: 1\n${target}seed: 2\n`,
      'study.yaml:4:1: the key "seed" stands here a second time.\n    The first is on line 1: keep one of the two.',
    ],
    [
      'targets: *all\n',
      'study.yaml:1:1: *all repeats something called &all, and there is none\n' +
        '    before.\n    Put &all before the value to repeat, or write it out.',
    ],
    [
      'targets: [{ url: h, body: &one { a: 1 } }, { url: i, body: *oen }]\n',
      'study.yaml:1:54: *oen repeats something called &oen, and there is none\n    before.\n    Did you mean *one?',
    ],
    [
      'targets:\n  - url: [h\nloads: x\n',
      'study.yaml:2:10: this bracket is not closed.\n    Close it; what it holds is indented deeper than its key.',
    ],
    [
      `name: "a\n${target}`,
      'study.yaml:1:7: this quote is not closed.\n    Close it; what it holds is indented deeper than its key.',
    ],
    [`${target}\tmodel: x\n`, 'study.yaml:3:1: a tab cannot indent a line.\n    Use spaces.'],
    [
      `${target}  model: x\n`,
      'study.yaml:3:1: this line is not indented like its neighbours.\n' +
        '    Entries of a list begin with "- " in one column, keys of an entry in\n    another.',
    ],
    [
      `name: a: b\n${target}`,
      'study.yaml:1:7: a second "key: value" begins inside a value.\n' +
        '    Write it on a line of its own, indented like its neighbours, or quote the\n    value.',
    ],
    [`${target}seed 2\n`, 'study.yaml:3:1: "seed 2" is a key without a value.\n    Write it as key: value'],
    [
      `${target}name: @x\n`,
      'study.yaml:3:7: a value cannot begin with "@" unless it is quoted.\n    Write it in quotes.',
    ],
    [
      `${target}name: "\\q"\n`,
      "study.yaml:3:8: \\q means nothing between double quotes.\n    Write \\\\ for a backslash, or use single quotes: 'C:\\x'",
    ],
    [
      `${target}name: *\n`,
      'study.yaml:3:7: "*" begins the name of an alias, and none follows.\n    Write the value in quotes: "*"',
    ],
    [
      `${target}name: !foo x\n`,
      'study.yaml:3:7: the tag !foo is not known.\n    Leave it out; a text that begins with "!" is written in quotes.',
    ],
    [
      `${target}---\nseed: 2\n`,
      'study.yaml:3:1: a second document begins here; a study is one.\n    Remove the line "---".',
    ],
    [
      `${target}    headers: { X: \${K} }\n`,
      'study.yaml:3:20: a reference to the environment must be quoted inside\n    braces.\n    For example: { X-Key: "${KEY}" }',
    ],
    [
      `${target}    headers: {} b\n`,
      'study.yaml:3:17: "b" cannot follow what stands before it.\n    Check quotes, brackets and the indentation around it.',
    ],
    [
      `${target}    body: { a: 1 "b": 2 }\n`,
      'study.yaml:3:16: this is not one value inside brackets or braces.\n' +
        '    Put commas between the entries, and quote a text with a colon in it.',
    ],
    [
      `${target}workloads: [{ stop: ["a" "b"] }]\n`,
      'study.yaml:3:26: a comma or colon is missing before this.\n    Entries inside brackets and braces are parted by commas.',
    ],
    [
      `${target}? [a]\n: b\n`,
      'study.yaml:3:3: a key is a text, not a list or a mapping.\n    A text that begins with a bracket or brace is written in quotes.',
    ],
    [
      `%foo\n---\n${target}`,
      'study.yaml:1:1: a line that begins with "%" is a directive, and this one\n' +
        '    is not known.\n    Leave it out, or write the text in quotes.',
    ],
  ])('%s', (text, message) => {
    expect(told(text)).toBe(message)
  })

  test('what stands before a break is told with it, what may be a consequence is not', () => {
    expect(told('capture: all\ntargets:\n  - url: [h\nloads: x\n')).toBe(
      '2 mistakes in study.yaml:\n' +
        'study.yaml:1:1: capture is "all": expected none, text or raw.\n' +
        'study.yaml:3:10: this bracket is not closed.\n    Close it; what it holds is indented deeper than its key.',
    )
  })
})
