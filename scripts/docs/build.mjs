// Builds the reference page: Swagger UI and the OpenAPI document in one HTML file that loads nothing else. The same
// input gives the same bytes.
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';

const target = new URL('../../spec/reference.html', import.meta.url);
const read = (path) => readFileSync(new URL(path, import.meta.url), 'utf8');
const swaggerUI = (name) => read(`node_modules/swagger-ui-dist/${name}`).trim();

const openapi = JSON.parse(read('../../spec/dist/openapi.json')); // which is spec/openapi.yaml with samples
delete openapi['x-derived'];
const licenses = `${swaggerUI('NOTICE')}, licensed under the Apache License 2.0.\n\n` +
  swaggerUI('swagger-ui-bundle.js.LICENSE.txt');

// In a script, "<!--" and "<script" may hide its end, and "</script" is its end. JavaScript and JSON have another way
// to write "<" in a string and a regular expression, the only places where these stand.
const inScript = (text) => text.replace(/<(?=!--|\/?script)/gi, '\\x3c');
const inJSON = (text) => text.replaceAll('<', '\\u003c');
const inComment = (text) => text.replaceAll('--', '- -').replaceAll('/*!', '').replaceAll('*/', '');

const library = inScript(swaggerUI('swagger-ui-bundle.js'));
const script = `const openapi = ${inJSON(JSON.stringify(openapi))};\n${inScript(read('page.js'))}`;
const hash = (text) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

// Only the two scripts of the page run, and requests go to the server that the page came from. Swagger UI sets the
// attribute style.
const policy = [
  "default-src 'none'",
  `script-src ${hash(library)} ${hash(script)}`,
  "style-src 'unsafe-inline'",
  'img-src data:',
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

const page = `<!DOCTYPE html>
<!-- Made by scripts/docs/build.sh from spec/openapi.yaml. Do not edit. -->
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${openapi.info.title}</title>
<link rel="icon" href="data:,">
<!--
${inComment(licenses)}
-->
<style>${swaggerUI('swagger-ui.css')}</style>
<style>
${read('page.css')}</style>
</head>
<body>
<div id="reference"></div>
<script>${library}</script>
<script>${script}</script>
</body>
</html>
`;

if (process.argv[2] !== '-check') {
  writeFileSync(target, page);
} else if (readFileSync(target, 'utf8') !== page) {
  console.error('spec/reference.html is not what scripts/docs/build.sh makes of spec/openapi.yaml: run it');
  process.exit(1);
}
