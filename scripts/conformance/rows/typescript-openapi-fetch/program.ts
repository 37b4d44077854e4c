// This program uses the types that openapi-typescript makes, with openapi-fetch.
import { createWriteStream } from "node:fs";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadableStream } from "node:stream/web";
import * as actions from "./actions.js";
import { client, setToken, type Answer, type Folder } from "./api.js";

const password = "correct horse battery staple";

async function login(): Promise<Answer> {
  const { data, response } = await client.POST("/token", {
    body: {
      grant_type: "password",
      username: process.env.VBO365_USERNAME!,
      password: process.env.VBO365_PASSWORD!,
      ...actions.login,
    },
    headers: { "Content-Type": "application/x-www-form-urlencoded" }, // chooses the serializer, too
  });
  setToken(data?.access_token);
  return { status: response.status };
}

async function save(command: string, path: Folder, file: string): Promise<Answer> {
  const { data, error, response } = await actions.save(command, path);
  const { status } = response;
  if (!data) return { status, message: error?.message };
  await pipeline(Readable.fromWeb(data as ReadableStream), createWriteStream(file));
  return { status };
}

async function run(command: string, args: string[]): Promise<Answer> {
  const path = { restoreSessionId: args[0]!, oneDriveId: args[1]!, folderId: args[2]! };
  switch (command) {
    case "login":
      return login();
    case "token":
      setToken(args[0]);
      return { status: 200 };
    case "restoreToOriginalLocation":
      return actions.restore(path, "alice@example.com", password);
    case "sendTo":
      return actions.send(path, "backup@example.com", "alice@example.com", `Zoë's "invoices"`, "As you asked.");
    case "copyTo":
      return actions.copy(path, "bob@example.com", password, args[3]!, "From Zoë & Co");
    case "save":
    case "saveOneDrive":
    case "saveDocument":
      return save(command, path, args.at(-1)!);
    default:
      throw new Error(`unknown command ${command}`);
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  const [command, ...args] = line.split(" ");
  console.log(JSON.stringify(await run(command!, args)));
}
