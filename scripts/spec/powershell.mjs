// Parses the samples in PowerShell of every edition, because they cannot be run here.
import { createRequire } from 'node:module'
import { readFileSync, readdirSync } from 'node:fs'
import { Language, Parser } from 'web-tree-sitter'
import { parse } from 'yaml'
import { walk } from './walk.mjs'

await Parser.init()
const grammar = createRequire(import.meta.url).resolve('tree-sitter-powershell/tree-sitter-powershell.wasm')
const parser = new Parser().setLanguage(await Language.load(grammar))
const isWrong = (source) => parser.parse(source).rootNode.hasError

if (!isWrong('foreach ($a in $b {\n}')) throw new Error('the grammar takes everything')
const dist = new URL('../../spec/dist/', import.meta.url)
let count = 0
for (const file of readdirSync(dist).filter((name) => name.startsWith('openapi.'))) {
  for (const { value } of walk(parse(readFileSync(new URL(file, dist), 'utf8')))) {
    for (const { lang, label, source } of value['x-codeSamples'] ?? []) {
      if (lang !== 'PowerShell') continue
      count++
      if (isWrong(source)) {
        console.error(`${file}: ${value.operationId}: ${label} is not PowerShell:\n${source}`)
        process.exitCode = 1
      }
    }
  }
}
if (count === 0) throw new Error('there are no samples in PowerShell')
console.log(`${count} samples in PowerShell parsed`)
