// This program uses the client that @hey-api/openapi-ts makes.
import { createWriteStream } from "node:fs";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadableStream } from "node:stream/web";
import { client } from "./client/client.gen.js";
import { createToken, runOneDriveFolderAction } from "./client/index.js";
import type { Error as Failure, OneDriveFolderAction, RestoreStatistics } from "./client/index.js";

type Answer = { status: number; restoredItemsCount?: number | undefined; message?: string | undefined };

let token: string | undefined;
client.setConfig({ baseUrl: process.env.VBO365_URL!, auth: () => token });

async function login(): Promise<Answer> {
  const { data, response } = await createToken({
    body: {
      grant_type: "password",
      username: process.env.VBO365_USERNAME!,
      password: process.env.VBO365_PASSWORD!,
    },
  });
  token = data?.access_token;
  return { status: response!.status };
}

// act runs an action whose answer is small.
async function act(ids: string[], body: OneDriveFolderAction): Promise<Answer> {
  const [restoreSessionId, oneDriveId, folderId] = ids as [string, string, string];
  const { data, response } = await runOneDriveFolderAction({
    path: { restoreSessionId, oneDriveId, folderId },
    body,
    parseAs: "text",
  });
  const status = response!.status;
  if (!response!.headers.get("Content-Type")?.startsWith("application/json")) return { status };
  const statistics = JSON.parse(data as unknown as string) as RestoreStatistics;
  return { status, restoredItemsCount: statistics.restoredItemsCount };
}

async function save(ids: string[], file: string): Promise<Answer> {
  const [restoreSessionId, oneDriveId, folderId] = ids as [string, string, string];
  const { data, error, response } = await runOneDriveFolderAction({
    path: { restoreSessionId, oneDriveId, folderId },
    body: { save: null },
    parseAs: "stream",
  });
  const status = response!.status;
  if (!data) return { status, message: (error as Failure | undefined)?.message };
  await pipeline(Readable.fromWeb(data as unknown as ReadableStream), createWriteStream(file));
  return { status };
}

async function run(command: string, args: string[]): Promise<Answer> {
  switch (command) {
    case "login":
      return login();
    case "token":
      token = args[0];
      return { status: 200 };
    case "restoreToOriginalLocation":
      return act(args, {
        restoreToOriginalLocation: {
          userName: "alice@example.com",
          userPassword: "correct horse battery staple",
          documentVersion: "last",
          documentAction: "overwrite",
        },
      });
    case "sendTo":
      return act(args, {
        sendTo: {
          from: "backup@example.com",
          to: "alice@example.com",
          subject: `Zoë's "invoices"`,
          text: "As you asked.",
        },
      });
    case "copyTo":
      return act(args, {
        copyTo: {
          userName: "bob@example.com",
          userPassword: "correct horse battery staple",
          oneDrive: { id: args[3]! },
          folder: "From Zoë & Co",
          changedItems: true,
          documentVersion: "all",
          documentLastVersionAction: "merge",
        },
      });
    case "save":
      return save(args, args[3]!);
    default:
      throw new Error(`unknown command ${command}`);
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  const [command, ...args] = line.split(" ");
  console.log(JSON.stringify(await run(command!, args)));
}
