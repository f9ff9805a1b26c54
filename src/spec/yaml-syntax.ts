import type { Document, YAMLError } from 'yaml'
import { isCollection, isMap, isNode, isScalar, visit } from 'yaml'

/** What the YAML itself has wrong, at an offset into the text. */
export interface SyntaxMistake {
  readonly offset: number
  readonly message: string
  readonly hint: string
  /** True when what follows cannot be read with certainty. */
  readonly breaks: boolean
}

type Sentence = (found: string) => readonly [message: string, hint: string]

const quote: Sentence = (found) => [
  `a value cannot begin with ${JSON.stringify(found.charAt(0))} unless it is quoted.`,
  'Write it in quotes.',
]
const indentation: Sentence = () => [
  'this line is not indented like its neighbours.',
  'Entries of a list begin with "- " in one column, keys of an entry in another.',
]

/** The parser's codes that users meet, in our words; `found` is the text at the place. */
const sentences: Readonly<Partial<Record<YAMLError['code'], Sentence>>> = {
  BAD_ALIAS: () => ['"*" begins the name of an alias, and none follows.', 'Write the value in quotes: "*"'],
  BAD_DIRECTIVE: () => [
    'a line that begins with "%" is a directive, and this one is not known.',
    'Leave it out, or write the text in quotes.',
  ],
  BAD_DQ_ESCAPE: (found) => [
    `${found} means nothing between double quotes.`,
    "Write \\\\ for a backslash, or use single quotes: 'C:\\x'",
  ],
  BAD_SCALAR_START: quote,
  BLOCK_AS_IMPLICIT_KEY: () => [
    'a second "key: value" begins inside a value.',
    'Write it on a line of its own, indented like its neighbours, or quote the value.',
  ],
  BLOCK_IN_FLOW: () => [
    'this is not one value inside brackets or braces.',
    'Put commas between the entries, and quote a text with a colon in it.',
  ],
  MULTILINE_IMPLICIT_KEY: () => [
    'a key is spread over several lines.',
    'Check the indentation of this line and of the one before.',
  ],
  MULTIPLE_DOCS: () => ['a second document begins here; a study is one.', 'Remove the line "---".'],
  NON_STRING_KEY: () => [
    'a key is a text, not a list or a mapping.',
    'A text that begins with a bracket or brace is written in quotes.',
  ],
  TAB_AS_INDENT: () => ['a tab cannot indent a line.', 'Use spaces.'],
  TAG_RESOLVE_FAILED: (found) => [
    `the tag ${/^!\S*/.exec(found)?.[0] ?? found.slice(0, 20)} is not known.`,
    'Leave it out; a text that begins with "!" is written in quotes.',
  ],
}

/** Every mistake of a document's YAML: what its parser says, but one a line, as the first causes the others. */
export function syntaxMistakes(document: Document, text: string): SyntaxMistake[] {
  const lines = new Set<number>()
  const lineOf = (offset: number) => text.slice(0, offset).split('\n').length
  const found = [...document.errors, ...document.warnings]
    .filter(({ code }) => code !== 'DUPLICATE_KEY')
    .sort((a, b) => a.pos[0] - b.pos[0])
    .flatMap((error) => {
      const line = lineOf(error.pos[0])
      if (lines.has(line)) return []
      lines.add(line)
      const opening = isUnclosed(error) ? openingOf(document, error.pos[0]) : undefined
      const [message, hint] = opening === undefined ? sentenceOf(error, text) : unclosed(text.charAt(opening))
      const offset = opening ?? error.pos[0]
      return [{ offset, message, hint, breaks: error.code !== 'TAG_RESOLVE_FAILED' }]
    })
  return [...found, ...duplicateKeys(document, lineOf)]
}

function sentenceOf(error: YAMLError, text: string): readonly [message: string, hint: string] {
  const offset = error.pos[0]
  const line = text.slice(text.lastIndexOf('\n', offset - 1) + 1).split('\n', 1)[0] ?? ''
  if (error.code === 'UNEXPECTED_TOKEN' && /[[{,:]\s*\$\{/.test(line)) {
    return [
      'a reference to the environment must be quoted inside braces.',
      'For example: { X-Key: "${KEY}" }',
    ]
  }
  // An escape is two characters, and the parser points to the first.
  const end = error.code === 'BAD_DQ_ESCAPE' ? offset + 2 : error.pos[1]
  const found = text.slice(offset, end)
  const sentence = sentences[error.code]
  if (sentence !== undefined) return sentence(found)
  if (error.code === 'BAD_INDENT' || /without - indicator/.test(error.message)) return indentation(found)
  if (error.code === 'MISSING_CHAR' && /map values/.test(error.message)) {
    return [
      `${JSON.stringify(found.split('\n', 1)[0] ?? '')} is a key without a value.`,
      'Write it as key: value',
    ]
  }
  if (error.code === 'MISSING_CHAR') {
    return [
      'a comma or colon is missing before this.',
      'Entries inside brackets and braces are parted by commas.',
    ]
  }
  if (error.code === 'UNEXPECTED_TOKEN') {
    const token = found.trim().split('\n', 1)[0] ?? ''
    const what = token === '' ? 'something' : JSON.stringify(token)
    return [
      `${what} cannot follow what stands before it.`,
      'Check quotes, brackets and the indentation around it.',
    ]
  }
  const first = error.message.split('\n')[0] ?? ''
  return [
    `this is not valid YAML: ${first.charAt(0).toLowerCase()}${first.slice(1)}.`,
    'Check this line and the one before.',
  ]
}

function isUnclosed({ code, message }: YAMLError): boolean {
  return (
    (code === 'BAD_INDENT' && /end with a/.test(message)) || /(closing .quote|end with a [\]}])/.test(message)
  )
}

function unclosed(opening: string): readonly [message: string, hint: string] {
  const name = { '[': 'bracket', '{': 'brace' }[opening] ?? 'quote'
  return [`this ${name} is not closed.`, `Close it; what it holds is indented deeper than its key.`]
}

/** Where the innermost bracket, brace or quote begins that is still open at an offset. */
function openingOf(document: Document, offset: number): number | undefined {
  let opening: number | undefined
  visit(document, {
    Node(_, node) {
      if (!isNode(node) || node.range === undefined || node.range === null) return
      const [start, , end] = node.range
      const opens = isCollection(node)
        ? node.flow === true
        : isScalar(node) && node.type?.startsWith('QUOTE') === true
      if (opens && start < offset && offset <= end + 1) opening = start
    },
  })
  return opening
}

function duplicateKeys(document: Document, lineOf: (offset: number) => number): SyntaxMistake[] {
  const found: SyntaxMistake[] = []
  visit(document, {
    Map(_, map) {
      if (!isMap(map)) return
      const firsts = new Map<string, number>()
      for (const { key } of map.items) {
        if (!isScalar(key) || key.range === undefined || key.range === null) continue
        const name = String(key.value)
        const [offset] = key.range
        const first = firsts.get(name)
        if (first === undefined) firsts.set(name, offset)
        else {
          const message = `the key ${JSON.stringify(name)} stands here a second time.`
          const hint = `The first is on line ${lineOf(first)}: keep one of the two.`
          found.push({ offset, message, hint, breaks: false })
        }
      }
    },
  })
  return found
}
