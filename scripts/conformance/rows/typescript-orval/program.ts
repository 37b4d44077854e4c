// This program uses the client that orval makes, with the fetch.ts beside it.
import { createWriteStream } from "node:fs";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadableStream } from "node:stream/web";
import * as actions from "./actions.js";
import { createToken } from "./client/client.js";
import { setToken } from "./fetch.js";

export type Answer = { status: number; restoredItemsCount?: number | undefined; message?: string | undefined };
export type Ids = [session: string, drive: string, folder: string];

const password = "correct horse battery staple";

async function login(): Promise<Answer> {
  const { status, data } = await createToken({
    grant_type: "password",
    username: process.env.VBO365_USERNAME!,
    password: process.env.VBO365_PASSWORD!,
    ...actions.login,
  });
  if (status === 200) setToken(data.access_token);
  return { status };
}

async function save(command: string, ids: Ids, file: string): Promise<Answer> {
  const response = await actions.save(command, ids);
  if (response.status === 200) {
    await pipeline(Readable.fromWeb(response.data as unknown as ReadableStream), createWriteStream(file));
    return { status: response.status };
  }
  if (response.status === 401) return { status: response.status };
  return { status: response.status, message: response.data.message };
}

async function run(command: string, args: string[]): Promise<Answer> {
  const ids = args.slice(0, 3) as Ids;
  switch (command) {
    case "login":
      return login();
    case "token":
      setToken(args[0]);
      return { status: 200 };
    case "restoreToOriginalLocation":
      return actions.restore(ids, "alice@example.com", password);
    case "sendTo":
      return actions.send(ids, "backup@example.com", "alice@example.com", `Zoë's "invoices"`, "As you asked.");
    case "copyTo":
      return actions.copy(ids, "bob@example.com", password, args[3]!, "From Zoë & Co");
    case "save":
    case "saveOneDrive":
    case "saveDocument":
      return save(command, ids, args.at(-1)!);
    default:
      throw new Error(`unknown command ${command}`);
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  const [command, ...args] = line.split(" ");
  console.log(JSON.stringify(await run(command!, args)));
}
