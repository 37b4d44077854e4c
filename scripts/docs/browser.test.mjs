// Tries the reference page in a browser, as browser-test.sh sets it up: in one page and session, as a person would.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, test } from 'node:test';
import { unzipSync } from 'fflate';
import { chromium } from 'playwright-core';

const { CHROMIUM, VBO365, WORK, SCREENSHOT } = process.env;
const folders = Object.fromEntries(['backup', 'production', 'target', 'mail'].map((name) => [name, join(WORK, name)]));
const password = randomUUID();
const source = {
  'read me.txt': Buffer.from('Hello.\n'),
  'empty.txt': Buffer.alloc(0),
  'Invoices/2026/100% #1 + more.bin': randomBytes(3 << 20),
  'Invoices/Übersicht.csv': Buffer.from('Größe;5\n'),
};

let simulator, stopped, ready, browser, page;
const requests = [];
const complaints = [];

before(async () => {
  Object.values(folders).forEach((folder) => mkdirSync(folder));
  for (const [name, content] of Object.entries(source)) {
    mkdirSync(dirname(join(folders.backup, name)), { recursive: true });
    writeFileSync(join(folders.backup, name), content);
  }
  simulator = spawn(VBO365, ['simulate', '--quiet', '--listen', '127.0.0.1:0',
    ...Object.entries(folders).map(([name, folder]) => `--${name}=${folder}`)],
  { env: { ...process.env, VBO365_PASSWORD: password }, stdio: ['ignore', 'pipe', 'inherit'] });
  stopped = new Promise((resolve) => simulator.once('exit', (code, signal) => resolve(signal ?? code)));
  ready = await Promise.race([
    new Promise((resolve) => createInterface(simulator.stdout).once('line', (line) => resolve(JSON.parse(line)))),
    stopped.then((how) => Promise.reject(new Error(`the simulator stopped: ${how}`))),
  ]);

  browser = await chromium.launch({ // with a new, empty profile
    executablePath: CHROMIUM,
    chromiumSandbox: false,
    args: ['--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
      '--disable-component-update', '--disable-sync', '--ignore-certificate-errors',
      '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1'],
  });
  page = await browser.newPage({ viewport: { width: 1280, height: 1300 } });
  page.setDefaultTimeout(20_000);
  page.on('request', (request) => requests.push(new URL(request.url())));
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => { if (message.type() === 'error') complaints.push(message.text()); });
  await page.goto(`${ready.url}/swagger/ui/index`);
});

after(async () => {
  await browser?.close();
  simulator?.kill('SIGTERM');
  await stopped;
});

const operation = (id) => page.locator(`.opblock[id$="-${id}"]`);

// open unfolds an operation for a trial.
async function open(id) {
  await operation(id).locator('.opblock-summary-control').click();
  await operation(id).getByRole('button', { name: 'Try it out' }).click();
}

// execute sends what was filled in. It gives what was sent, and the status and the body of the answer as they are shown.
async function execute(id) {
  const answering = page.waitForResponse((response) => response.request().method() === 'POST');
  await operation(id).locator('.execute').click();
  const answer = await answering;
  await answer.finished();
  const shown = operation(id).locator('.live-responses-table .response');
  await shown.waitFor();
  return {
    sent: answer.request().postData(),
    status: Number((await shown.locator('.response-col_status').innerText()).split('\n')[0]),
    text: await shown.locator('.response-col_description').innerText(),
  };
}

const action = 'runOneDriveFolderAction';

async function run(body) {
  const clear = operation(action).getByRole('button', { name: 'Clear' });
  if (await clear.isVisible()) await clear.click(); // else the last answer could be taken for the next
  await operation(action).locator('textarea.body-param__text').fill(JSON.stringify(body, null, 2));
  return execute(action);
}

const files = (folder) => Object.fromEntries(readdirSync(folder, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
  .map((path) => [path.slice(folder.length + 1), readFileSync(path)]));

test('whoever has not logged in is refused', async () => {
  await open(action);
  for (const [name, id] of [
    ['restoreSessionId', ready.sessionId], ['oneDriveId', ready.oneDriveId], ['folderId', ready.folderId],
  ]) {
    await operation(action).locator(`tr[data-param-name="${name}"] input`).fill(id);
  }
  assert.equal((await run({ save: null })).status, 401);
  complaints.length = 0; // the browser says that it was refused
});

test('a log-in authorises the page', async () => {
  await open('createToken');
  for (const [name, value] of [['username', ready.username], ['password', password]]) {
    await operation('createToken').locator(`tr[data-property-name="${name}"] input[placeholder]`).fill(value);
  }
  const { sent, status, text } = await execute('createToken');
  assert.deepEqual(Object.fromEntries(new URLSearchParams(sent)),
    { grant_type: 'password', username: ready.username, password });
  assert.equal(status, 200);
  assert.match(text, /"access_token"/);
  await page.locator('.auth-wrapper .authorize.locked').waitFor();
  await operation('createToken').locator('.opblock-summary-control').click(); // fold it again
});

test('save downloads the folder', async () => {
  const { status } = await run({ save: null });
  assert.equal(status, 200);
  const downloading = page.waitForEvent('download');
  await operation(action).getByRole('link', { name: 'Download file' }).click();
  const download = await downloading;
  const saved = unzipSync(readFileSync(await download.path()));
  const got = Object.fromEntries(Object.entries(saved).filter(([name]) => !name.endsWith('/'))
    .map(([name, content]) => [name, Buffer.from(content)]));
  assert.deepEqual(got, source);
  assert.equal(download.suggestedFilename(), 'folder.zip');
  await operation(action).evaluate((element) => element.scrollIntoView());
  const hidden = '.curl-command, .request-url { display: none }'; // a token, and what stands above
  await page.screenshot({ path: SCREENSHOT, style: hidden });
});

test('restoreToOriginalLocation writes the folder back', async () => {
  const { status, text } = await run({
    restoreToOriginalLocation: {
      userName: 'alice@example.com', userPassword: 'secret', documentVersion: 'last', documentAction: 'overwrite',
    },
  });
  assert.equal(status, 200);
  assert.match(text, new RegExp(`"restoredItemsCount": ${Object.keys(source).length}\\b`));
  assert.deepEqual(files(folders.production), source);
});

test('copyTo copies the folder to another OneDrive', async () => {
  const { status } = await run({
    copyTo: {
      userName: 'bob@example.com', userPassword: 'secret', oneDrive: { id: ready.targetOneDriveId },
      folder: 'From Alice', documentVersion: 'last', documentLastVersionAction: 'overwrite',
    },
  });
  assert.equal(status, 200);
  assert.deepEqual(files(join(folders.target, 'From Alice')), source);
});

test('sendTo mails the folder', async () => {
  const { status } = await run({
    sendTo: { from: 'backup@example.com', to: 'alice@example.com', subject: 'Invoices' },
  });
  assert.equal(status, 200);
  const mails = Object.values(files(folders.mail));
  assert.equal(mails.length, 1);
  assert.match(mails[0].toString(), /^Subject: Invoices\r?$/m);
});

test('the page shows the samples of an operation, one at a time', async () => {
  const shown = operation(action).locator('.samples');
  assert.equal(await shown.getByRole('button').count(), 16);
  assert.match(await shown.locator('pre').innerText(), /^curl .*"restoreToOriginalLocation"/s);
  await shown.getByRole('button', { name: 'Python: save' }).click();
  assert.match(await shown.locator('pre').innerText(), /^import \w+\n.*\{"save": None\}/s);
});

test('the page talks to its server only, and the browser has nothing to complain about', () => {
  const others = requests.filter((url) => !['data:', 'blob:'].includes(url.protocol) && url.origin !== ready.url);
  assert.deepEqual(others, []);
  assert.ok(requests.length > 6);
  assert.deepEqual(complaints, []);
});
